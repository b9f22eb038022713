"""Makes sealed.json. Uses python-cryptography, and none of this project's code.

Usage: python3 generate.py > sealed.json
"""
import base64
import hashlib
import hmac
import json
from math import floor, log2

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

worker_secret, ephemeral_secret = b"\x01" * 32, b"\x03" * 32
genesis_hash, sender, contract_id = b"\xaa" * 32, b"\x51" * 32, 2
iv, text, answer = b"twelve bytes", b'{"Transfer":{"dest":"00","value":"1"}}', b"answer"


def key(secret):
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def public(private):
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


worker, ephemeral = key(worker_secret), key(ephemeral_secret)
worker_key, enc = public(worker), public(ephemeral)
shared_x = ephemeral.exchange(ec.ECDH(), worker.public_key())

# RFC 9180: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode.
kem, hpke = b"KEM\x00\x10", b"HPKE\x00\x10\x00\x01\x00\x02"


def extract(suite, salt, label, ikm):
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256).digest()


def expand(suite, prk, label, info, length):
    info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    out, block = b"", b""
    for i in range(1, 1 + -(-length // 32)):
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
    return out[:length]


def context(info):
    shared = expand(kem, extract(kem, b"", b"eae_prk", shared_x), b"shared_secret", enc + worker_key, 32)
    schedule = b"\x00" + extract(hpke, b"", b"psk_id_hash", b"") + extract(hpke, b"", b"info_hash", info)
    secret = extract(hpke, shared, b"secret", b"")
    exporter = expand(hpke, secret, b"exp", schedule, 32)
    return (
        AESGCM(expand(hpke, secret, b"key", schedule, 32)),
        expand(hpke, secret, b"base_nonce", schedule, 12),
        expand(hpke, exporter, b"sec", b"pruntime/v2/reply", 32),
    )


# Padding. padme() is the function of the paper (https://doi.org/10.2478/popets-2019-0056, section 4).
least = {"command": 0, "query": 2000, "reply": 1000}


def padme(length):
    e = floor(log2(length))
    mask = (1 << (e - (floor(log2(e)) + 1))) - 1
    return (length + mask) & ~mask


def padded_length(length):
    return next((size for size in (256, 512, 1024, 2048, 4096) if length <= size), None) or padme(length)


def pad(plain, kind):
    head = len(plain).to_bytes(4, "little")
    return (head + plain).ljust(padded_length(4 + max(len(plain), least[kind])), b"\x00")


def b64(data):
    return base64.b64encode(data).decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def sealed(purpose, plain, aad):
    aead, nonce, reply_key = context(b"pruntime/v2/" + purpose.encode() + genesis_hash + worker_key)
    return {"cipher_b64": b64(aead.encrypt(nonce, pad(plain, purpose), aad)), "enc_b64": b64(enc)}, reply_key


command, _ = sealed("command", text, sender + contract_id.to_bytes(4, "little"))
query, reply_key = sealed("query", text, b"")
reply = {"cipher_b64": b64(AESGCM(reply_key).encrypt(iv, pad(answer, "reply"), b"")), "iv_b64": b64(iv)}
v1 = {"cipher_b64": b64(AESGCM(shared_x).encrypt(iv, text, b"")), "iv_b64": b64(iv), "pubkey_b64": b64(enc)}
lengths = [0, 1, 252, 253, 508, 509, 1020, 1021, 2044, 2045, 4092, 4093, 4348, 4349, 8187, 8188, 8189]
lengths += [61440, 65547, 65548, 100000, 262144, 16777216]
vector = {
    "worker_secret": worker_secret.hex(),
    "ephemeral_secret": ephemeral_secret.hex(),
    "genesis_hash": genesis_hash.hex(),
    "sender": sender.hex(),
    "contract_id": contract_id,
    "iv": iv.hex(),
    "text": text.decode(),
    "command": compact({"Sealed": command}),
    "query": compact({"SealedQuery": {**query, "key_id": hashlib.sha256(worker_key).digest()[:8].hex()}}),
    "reply": compact({"SealedReply": reply}),
    "v1": compact({"Cipher": v1}),
    "padded_lengths": [[length, padded_length(4 + length)] for length in lengths],
}
print(json.dumps(vector, indent=1))
