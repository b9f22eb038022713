/** The sentences about all error codes. `npm run docs` writes this file. */

const text = `
asn1/bad-length
  A length is indefinite, not in its shortest form, or takes more than three bytes.
asn1/bad-pem
  The text is not canonical PEM, or contains something other than PEM blocks.
asn1/bad-tag
  The next value does not have the type that the format requires, or its tag is in the long form.
asn1/bad-value
  A value is not in the one form that DER allows, or is out of range.
asn1/too-deep
  Values are nested more than 16 levels deep.
asn1/trailing
  Bytes follow the last value of a container.
asn1/truncated
  The input ends inside a value.
azure/ak-mismatch
  The key in the vTPM's certificate is not the key that the hardware vouches for.
azure/bad-report
  The paravisor's report does not have the expected layout.
azure/claims-not-bound
  The hardware's report data is not the hash of the paravisor's claims. The hardware therefore does not
  vouch for the vTPM's key.
azure/no-ak
  The paravisor's claims do not contain exactly one RSA key with which the vTPM signs quotes.
azure/wrong-hardware
  The paravisor's report and the evidence name different kinds of hardware, or contain different SNP
  reports.
binding/wrong-report-data
  The evidence is bound to unexpected keys, or to an unexpected chain, anchor, purpose, nonce, lineage or
  operator.
block/wrong-extrinsics-root
  A block's body does not match the extrinsics root in its header.
bytes/bad-base64
  The text is not canonical base64: the standard alphabet with padding or, where the format requires it,
  the URL alphabet without padding.
bytes/bad-hex
  The text is not an even number of hex digits, lacks the \`0x\` prefix that the format requires, or has a
  \`0x\` prefix that the format does not allow.
bytes/bad-utf8
  The bytes are not valid UTF-8, or the text contains a lone surrogate, which UTF-8 cannot express.
ccel/bad-register
  An event extends a register other than RTMR 0 to 3, which a log numbers as 1 to 4.
ccel/register-mismatch
  Replaying the log does not lead to the value of a register in the quote.
channel/bad-iv
  The IV in the envelope is not 12 bytes long.
channel/bad-padding
  What was sealed is not a padded text: it was not padded, or not in the one form that the text has.
channel/bad-point
  The public key in the envelope, or the worker's key, is not an uncompressed point of P-256.
channel/bad-query-key
  The worker's identity key did not sign this query key for this chain.
channel/bad-random
  The random source is broken: it gave no usable key.
channel/bad-tag
  The ciphertext does not open: it was sealed for another key, chain, sender, contract or purpose, or was
  changed.
channel/reflected
  A v1 reply is the client's own request, sent back. The shared key of v1 would open it.
channel/wrong-kind
  A reply has a different form from its request: a plain reply to a sealed query is refused.
checkpoint/bad-history
  The checkpoint's list of earlier authority sets has gaps, extends past the checkpoint's block, or does
  not lead up to the current set.
checkpoint/bad-pending
  The checkpoint has more than one pending change, or its pending change is overdue, is not yet announced,
  or differs from the change that its header announces.
checkpoint/wrong-genesis
  The checkpoint is of block 0, but the hash of its header is not its genesis hash.
checkpoint/zero-weight
  An authority of the checkpoint has no weight. No node keeps such an authority.
cli/bad-argument
  A command-line argument is malformed.
cli/bad-file
  A file or folder cannot be read or written, or a file does not contain what the command needs.
cli/bad-host
  This machine cannot listen on the requested address.
cli/checkpoint-untried
  No node could be reached that can try the checkpoint of the chain specification, and an untried
  checkpoint is not written. Give a node of the chain with \`--node\`.
cli/file-too-large
  A file is larger than any file of its kind: \`path\` has more than \`maxBytes\` bytes.
cli/foreign-process
  The data folder's file names a process that does not have this file open, so it is not the process that
  wrote it. It was not ended. Delete the file if the process that wrote it has ended.
cli/no-commitment
  The node's block does not contain the transaction that it reported. Try another node.
cli/no-consent
  The consent of the policy key's holder to this handover did not come in time. The workers forget a
  handover after a while, so begin the handover again.
cli/no-operator
  Neither an option nor a file in the data directory gives the worker's address for operator calls.
cli/no-policy
  Neither an option nor a file in the data directory gives the policy or the anchor for the worker.
cli/no-port
  No free port was found near the requested port.
cli/no-registry
  The node's chain has no registry of workers.
cli/not-back
  The new worker accepted the keys but did not restart in time: see its log.
cli/not-running
  No process that the data folder names runs.
cli/not-stopped
  The process still runs, although it got the signal to end.
cli/other-anchor
  The specification and the options give an anchor that differs from the trusted anchor.
cli/other-genesis
  The file belongs to a chain with this genesis hash. The trusted genesis hash, or that of the node's
  chain, is another one.
cli/story-broken
  A step of the demo had an unexpected result.
client/aborted
  The caller's signal ended the push. \`after\` is the last step that the command had reached. A command
  that was sealed may be on chain: ask for its execution receipt before you send another one.
client/bad-account
  The given value identifies no account. \`want\` names the expected form: for example, a development name,
  a BIP-39 phrase, a seed or an address.
client/bad-envelope
  The response is not a reply envelope.
client/bad-page
  The contract answered with a page that does not continue the list: its ids do not descend.
client/bad-signature
  The reply's payload was not signed by the worker's identity key.
client/cannot-sign
  The wallet or extension cannot sign for this account, or refused to.
client/command-too-large
  The command's JSON has more bytes than a worker accepts. It was not sealed.
client/contract-refused
  The contract answered with an error. The worker itself worked correctly.
client/finality-unknown
  This client could not prove finality up to the block that the worker names, or the block is older than
  all blocks that this client remembers.
client/forked
  The worker has a different block at the height of a block that this client knows to be final, so one of
  the two blocks is on a fork. Do not trust the worker's answers, and report this to the operator.
client/from-the-future
  The chain time of the reply is more than a minute ahead of this client's clock. Set the clock.
client/no-receipt
  The caller requested a reply receipt, but this client has no evidence of the worker that signed the
  reply, or the worker has not yet sent a reply with a signed statement.
client/no-statement
  The reply has no signed statement, so the worker vouches for no block: it has no chain yet, or it has
  restarted and has not yet reached the highest block that it once verified as final.
client/no-such-call
  The chain's metadata does not have this call, or the call takes other arguments.
client/no-verifier
  The verifier for this kind of evidence could not be loaded, for example because the page's server no
  longer has it. Load the page again.
client/no-websocket
  There is no global \`WebSocket\`, as in Node.js before version 22. Give the option \`websocketClass\`,
  for example the class of the package \`ws\`.
client/no-worker
  None of the worker's addresses gave an answer. \`reasons\` has the code for each address, in the order in
  which the addresses were tried.
client/node-answer-too-large
  The node's answer is longer than this client reads.
client/node-on-other-chain
  The node follows another chain than the worker: \`node\` and \`worker\` are the hashes of their genesis
  blocks, in hex. Nothing was sealed or sent, because the worker would never see it. Use a node of the
  worker's chain.
client/node-refused
  The node refused this call: it does not support the method, or does not know the block.
client/node-unreachable
  The node could not be reached.
client/not-executed
  The worker gave no execution receipt for a command within the time limit. The command is in the block
  \`blockNumber\`, and the worker's latest answer was as of the block \`dispatchedNumber\`. If the worker
  is behind the command's block, check its relay.
client/not-final
  The block that the worker calls final differs from the one that this client has proven final.
client/not-finalized
  The transaction was not in a final block within the time limit. \`inBlock\` is the number of the block of
  the best chain that contains the transaction, or null if there is none. The transaction may still become
  final, so ask for its execution receipt before you send another one.
client/not-initialized
  The worker is not initialized, so it follows no chain yet.
client/other-rules
  The worker and this client have different rules numbers, so they would compute different states and
  anchors from the same blocks. Use a client and a worker of the same release.
client/policy-refused
  The worker's evidence is authentic, but the client's policy rejects it. \`reasons\` lists every rule that
  failed.
client/refused
  The worker, or the gateway in front of it, refused the call.
client/reply-too-large
  The reply is longer than the action allows. The rest of the reply was not read.
client/runtime-unreadable
  The reply is older than this client allows, because the worker's program cannot read the chain's newest
  runtime. Its operator must start a newer program.
client/stale
  The chain time of the reply is unknown, or older than this client allows.
client/timeout
  The awaited result did not arrive within the time limit.
client/transaction-failed
  The chain rejected the transaction, or the transaction failed.
client/unreachable
  The worker could not be reached.
client/verdict-expired
  The attestation result of this worker has expired. Challenge the worker again.
client/went-back
  The block or the chain time of this reply is lower than that of an earlier reply: a copy of the worker
  that is held back has answered, or the worker has restarted and has not yet reached that block again.
client/wrong-chain
  The chain or the anchor is not the one that this client expects.
client/wrong-key
  The worker that answers has another key agreement key than the worker that this client accepted, or than
  the stored session names. A further address must be that of a replica, which got this key in a handover.
code/no-metadata
  The chain's runtime does not run in this worker, or does not return its metadata.
code/not-due
  The worker accepts new code only after it has dispatched the block that changed the runtime.
code/not-in-state
  The proven state contains no runtime code.
codec/bad-tag
  The type has no variant with this index. A boolean or an option allows only 0 and 1.
codec/non-canonical
  A value is not written in its shortest form, which is the only form allowed.
codec/out-of-range
  A value does not fit its type: a number is out of range, or a byte string has the wrong length.
codec/too-long
  A length prefix is larger than the rest of the input or than the protocol allows.
codec/trailing
  Bytes are left over after the value: there are several values, or the type is not the expected type.
codec/truncated
  The input ends inside a value: the input was cut off, or is not of the expected type.
collateral/garbage
  The server's answer does not have the expected format.
collateral/not-fetched
  The evidence does not identify collateral that a configured server publishes.
collateral/refused
  The server refuses the request. It may not know the platform.
collateral/timeout
  The server did not answer completely within the time limit.
collateral/too-large
  The server's answer is larger than any genuine answer.
collateral/unreachable
  The connection to the server fails, or the server answers with a redirect.
contract/bad-key
  A contract uses a state key that is empty or longer than 256 bytes. This is a bug in the contract.
contract/bad-request
  The request of a query does not have the shape that the contract's interface declares.
contract/missing-entry
  A contract's state lacks an entry that another entry refers to.
crypto/bad-length
  A primitive was given a symmetric key, an IV, or a hash to sign, of the wrong length. This is a bug in
  this program, not in its input.
csv/bad-quotes
  In the row that begins on this line, a quoted field has no closing quote, or text after it.
csv/bad-row
  The row that begins on this line does not have as many fields as the header.
csv/no-column
  The header does not name this column.
data/bad-path
  The path is empty or longer than a dataset link may be.
data/file-too-large
  The file is larger than the limit for one file.
data/full
  The file would exceed the data area's limit for all files together.
data/reserved-path
  The path starts with \`/order/\`, which is reserved for the results of orders.
data/sealed
  The file is sealed, and the worker does not give it out.
data/too-many-files
  The data area already contains the maximum number of files.
dcap/attestation-key-not-bound
  The quoting enclave's report does not vouch for the key that signed the quote.
dcap/bad-collateral-signature
  Intel's TCB signing key did not sign these exact bytes of the collateral.
dcap/bad-date
  A date in the collateral cannot be read.
dcap/bad-length
  A version 5 quote states a body length that does not fit the type of the body.
dcap/bad-pck-extension
  The platform's certificate lacks Intel's extension about the platform, or the extension is malformed.
dcap/bad-qe-report-signature
  The platform's key did not sign the quoting enclave's report.
dcap/bad-quote-signature
  The attestation key did not sign the quote, or the quote was changed.
dcap/collateral-expired
  The collateral expired before the time of the verification.
dcap/collateral-mismatch
  The collateral describes a platform or a TEE other than the quote's.
dcap/collateral-not-yet-valid
  The collateral was issued after the time of the verification.
dcap/collateral-too-long
  The collateral is longer than any collateral that Intel publishes.
dcap/no-tcb-level
  The platform, its TDX module or its quoting enclave reaches none of the TCB levels in the collateral.
dcap/pck-chain-missing
  The quote does not contain the platform's certificates, for example because it contains only an id for
  them. Fetch the certificates, and make a new quote.
dcap/qe-mismatch
  The quoting enclave does not match the QE identity in the collateral.
dcap/quote-too-long
  The quote is longer than any quote that hardware makes.
dcap/revoked
  A certificate is revoked.
dcap/tdx-module-mismatch
  The TDX module is not a production module that Intel's collateral describes.
dcap/trailing-bytes
  The padding after the quote is not all zeros.
dcap/unknown-qe-vendor
  The quote names a vendor of the quoting enclave other than Intel.
dcap/unsupported-collateral
  The collateral has an unknown version or contains an unknown status.
dcap/unsupported-quote
  The quote has an unknown version, TEE, body or key type.
dcap/wrong-kind
  The quote comes from different hardware than the evidence claims.
dcap/wrong-role
  An Intel certificate is used for the wrong purpose: for example, a platform's key signs TCB info.
devchain/abandoned-branch
  The block belongs to a branch that finality has ruled out.
devchain/bad-arguments
  The arguments of a runtime API method have the wrong format.
devchain/bad-log
  The log is damaged at this block, or replaying the log results in a different block.
devchain/closed
  The chain was used after it was closed.
devchain/not-covered
  The chain has no finality proof for this block. Either the chain is strict and the end of its first
  authority set is not final yet, or the chain is a parachain, which its relay chain finalizes.
devchain/not-finalized
  The block is not final yet.
devchain/other-chain
  The log in the data directory belongs to a chain with other parameters, or to a chain of another release.
devchain/state-discarded
  The chain has discarded the state of this block.
devchain/unknown-runtime-api
  The runtime has no such API method.
dispatch/bad-block
  A header or a block is not in the format of the 2020 bridge.
dispatch/bad-body
  A body is not a block number and the extrinsics of that block.
dispatch/bad-command-event
  A command event does not have the fields that the runtime's metadata declares.
dispatch/bad-set-change
  A change of authorities is not in the format of the 2020 bridge.
dispatch/bad-timestamp
  \`Timestamp.Now\` is not eight bytes.
dispatch/empty
  A call contains no blocks or no headers.
dispatch/events-mismatch
  The given events differ from the events in the block's state: send only the proof, which contains the
  events.
dispatch/extrinsics-mismatch
  The extrinsics are not those that the header commits to.
dispatch/gap
  A block does not follow the last dispatched block.
dispatch/genesis-block
  Block 0 is the trust anchor and cannot be synced: start with block 1.
dispatch/missing-justification
  The last header, or the block, lacks a justification.
dispatch/missing-pieces
  Pieces of a part that the call names are missing. Send the part again from offset 0.
dispatch/missing-proof
  A block lacks the proof of its events, so the relay could hide commands.
dispatch/no-memory
  The worker's memory does not suffice for a part.
dispatch/not-final
  A block is not final yet: send its header with a justification first.
dispatch/part-too-large
  The events or the body of a block are larger than the runtime's own limits allow.
dispatch/wrong-header
  A header differs from the finalized header with the same number.
dispatch/wrong-key
  The proven key is not that of \`System.Events\`.
dispatch/wrong-piece
  A piece does not follow the piece before it, repeats an earlier piece with different bytes, or reaches
  beyond the part's total length. Send the part again from offset 0.
dstack/bad-event
  An event names a register that a TD does not have, lacks a digest that its register requires, has a
  version other than 1 and 2, or has version 1 and a colon in its name.
dstack/duplicate-event
  The log contains a boot event twice. dstack writes each boot event once, so one of the two may be forged.
dstack/log-too-long
  The event log is longer than any genuine event log.
dstack/payload-mismatch
  The digest of an event is not the hash of the event's type, name and payload. Only the digest is measured
  into a register.
dstack/register-mismatch
  Replaying the event log does not lead to the value of a register in the quote.
dump/bad-page
  A page of the dump does not have the format of a page.
dump/inconsistent
  The parts of the dump contradict each other.
dump/lower-set-id
  After the worker's highest final block, the dump's chain goes on with an authority set that the worker's
  chain has replaced by then. The dump was made on another fork, or before the worker got an authority set
  that no digest announces: find out which chain is right, or make another dump.
dump/older
  The dump is older than the worker's state, or ends before the worker's highest final block.
dump/other-fork
  The dump's chain has a different block at the height of the worker's highest final block: the dump was
  made on another fork. One of the two workers was led astray, so find out which chain is right.
dump/too-far-ahead
  The dump remembers the hashes of too few blocks to show that it contains the worker's highest final
  block: sync headers to within 65,536 blocks of the dump's last block, then load the dump again.
dump/too-large
  The dump is longer than one answer of \`dump_states\` may be. Take it page by page, with \`pruntime
  dump\`, or with the actions \`dump_begin\`, \`dump_page\` and \`load_page\`.
dump/unknown-id
  The worker is not writing or loading a dump with this id: another one began, or the worker restarted.
  Begin again with the first page.
dump/unknown-version
  The dump has a version that this program does not read.
dump/wrong-anchor
  The dump belongs to a worker with a different trust anchor.
dump/wrong-page
  The pages of a dump are written and loaded in order, each once. \`want\` is the index of the next page,
  or null after the last page.
ear/bad-signature
  The trusted key did not sign the token, or the token was changed.
ear/bad-token
  A token does not consist of three parts, or is longer than 65,536 characters.
ear/wrong-algorithm
  A token names an algorithm other than ES256, for example \`none\`.
enclave/bad-option
  The process was started with an unknown option, or with an option that lacks a valid value.
enclave/bad-seal
  A sealed blob cannot be opened: it was sealed under a different key, is the content of a different blob,
  or is damaged.
enclave/bug
  The enclave found a bug in itself and has stopped accepting calls: restart the worker.
enclave/dev-only
  The action is available only on workers that were started with development actions.
enclave/development-key
  The development sealing key is public, so only simulated workers outside production mode may use it.
enclave/no-data
  No file or result is stored under this path.
enclave/no-hardware-key
  The provider has no sealing key of its own: start with \`--seal ephemeral\`.
enclave/no-interpreter
  The process has no memory left for the interpreter of the chain's runtime, at its start or during a run.
  The code that the interpreter was to run may be good. Restart the worker with more memory.
enclave/no-lasting-key
  The worker's sealing key is lost when its process ends, so the worker would lose keys handed over to it.
enclave/no-operator
  The operator has not named an account: call \`set_operator\` first.
enclave/production-dev-actions
  Development actions are not available in production mode.
enclave/production-fake-root
  Production mode accepts evidence only from the hardware's own path: start without \`--attest-root\`.
enclave/production-simulated
  Production mode does not allow simulated evidence: name the hardware with \`--attest\`.
enclave/reply-too-large
  The reply would be larger than its action allows, so no client would read it. What the call changed stays
  changed.
enclave/self-test-failed
  One of the self-tests that the action \`test\` runs did not give the expected result.
enclave/unknown-action
  There is no such action.
evidence/kind-not-trusted
  The trust roots do not include a root for this kind of evidence. For example, the evidence is simulated,
  but only real hardware is trusted.
evidence/unsupported-kind
  Evidence of an Azure guest names SGX as its hardware, but Azure has guests only on TDX and SEV-SNP.
executor/bad-state-key
  The state key is not 32 bytes long.
executor/batch-closed
  The batch was committed, or was closed because a newer batch began or a whole state was loaded.
executor/dump-contract
  The dump contains state of a contract that this executor does not have.
executor/dump-entry
  The dump contains an entry with a malformed path, or an entry that its contract does not know.
executor/dump-order
  Entries of the dump are not in strictly ascending order.
executor/duplicate-contract
  Two contracts have the same id.
executor/given-up
  The worker gave up a dump or a load that was in progress, because its state needed the memory, or because
  another dump or load began: begin again.
executor/state-full
  The state and the batch's changes need more memory than the worker has for them. Nothing changed: the
  worker goes on answering queries, and dispatches no further block that contains commands. Start the
  worker with a larger heap (\`--enclave-heap\`). A worker that loads a state also needs memory for the
  state that it replaces. \`bytes\` is a multiple of 64 KiB.
extrinsic/unknown-pallet
  A call names a pallet that the metadata does not have, or that has no calls.
file/malformed
  The opened bytes are not a file with its owner's text, or not the rows of an order.
file/misplaced
  The owner signed another path, kind, chain, worker or message: the file is stored under another path, or
  someone other than the owner has sealed it again.
file/unsigned
  No account signed the file. A file without an owner is stored in clear.
finality/bad-signature
  The voter did not sign this vote for this block, round and authority set.
finality/below-threshold
  The votes for the block have too little weight: more than two thirds are needed.
finality/empty-set
  The authority set has no weight, so it can finalize nothing.
finality/forced-change
  The chain announces a forced change of its authorities, which no finality proof covers. The worker keeps
  its keys and its state, and answers as of its last final block. If its anchor names recovery keys, it
  goes on from a checkpoint that they sign (\`pruntime recovery\`). Without them, start a new worker from a
  checkpoint after the change: the new worker has another anchor and new keys.
finality/no-route
  The ancestry headers do not connect a vote's block to the base of the votes.
finality/too-many-headers
  The justification has more ancestry headers than any round can need.
finality/too-many-votes
  The justification's votes take more bytes than any round can need. \`have\` and \`limit\` are in bytes.
finality/unused-header
  No vote's route includes this ancestry header.
finality/weight-overflow
  The weights of the authority set add up to more than 64 bits.
finality/wrong-target
  The justification is for a block that differs from the header that was sent with it.
frame/too-large
  A message is larger than one frame may carry.
frame/unknown-kind
  The first byte of a message is not a kind of message in this direction.
gateway/bad-blob-key
  The enclave gave a blob a key that the store does not accept.
gateway/bad-proxy-range
  A range of trusted proxies is not in CIDR notation, or does not begin with its first address.
gateway/boot-failed
  The enclave failed to start when the gateway started.
gateway/no-bundle
  The file of the enclave's bundle does not exist. Build the project first.
gateway/not-saved
  The enclave refused a call with which the gateway saves its state. The gateway tries again later.
gateway/port-taken
  The port is in use, and so are the next ports if the gateway may use these instead.
gateway/production-2020
  The options ask for operator calls at the public address, as in 2020. Production mode forbids that.
gateway/socket-taken
  Another process listens on the operator's Unix socket, or the path names a file that is not a socket.
gateway/store-full
  The enclave's blobs are larger than one boot frame can carry.
gateway/unexpected-message
  The enclave sent a second \`ready\` message, a reply that does not answer the oldest call, or a reply
  that is not valid HTTP.
gateway/weak-token
  The operator's token is shorter than 16 characters.
handover/bad-consent
  The policy key that the anchor names has not signed this consent, for this chain and this handover.
handover/bad-keys
  The sealed keys cannot be opened, or are not the keys that the source's evidence vouches for.
handover/no-account
  A handover puts a hash on the chain, and no account was given that pays for it. Name one with
  \`--signer\`.
handover/no-consent
  The anchor names a policy key, and this worker cannot read its chain's runtime from block \`since\` on,
  so it does not know the newest policies. The holder of the key must consent to this handover (\`pruntime
  handover --consent\`).
handover/no-policy
  No policy states which workers may have the keys. If the anchor names the chain's registry, the registry
  has none. If it names a hash, give the policy's text to the handover (--policy). If it names a key, push
  a policy that the key has signed (\`pruntime policy push\`).
handover/no-time
  The block's state has no time, so the worker cannot tell whether evidence is in date.
handover/not-accepted
  A policy does not accept the other worker. \`rules\` names the rules that it breaks. If the anchor names
  a policy key, every policy that was in force within the delay must accept the other worker. So code that
  a policy adds counts after the delay. If this worker cannot read its chain's runtime, the delay must have
  passed before the last block that it has executed.
handover/not-begun
  The message belongs to no handover in progress: call \`handover_begin\` again. A handover ends when it
  takes too many blocks, when its worker restarts, and when the receiver refuses the keys.
handover/not-committed
  The block has no such extrinsic, or the extrinsic does not contain the handover's commitment.
handover/not-final
  The block is not a final block that this worker knows or, if the anchor names a policy key, that it has
  executed. If the block is ahead, bring the worker to that block and repeat the step.
handover/other-fork
  The receiver's chain has a block other than the source's highest final block at that height, or an
  earlier authority set there. One of the two workers was led astray, so find out which chain is right.
handover/other-rules
  The other worker's program has different rules, so the same blocks can lead to a different state. Hand
  keys over between programs with the same rules number.
handover/own-evidence
  The other worker's identity key is this worker's own key.
handover/policy-key-revoked
  A policy with the highest serial, 4294967295, has revoked the policy key that the anchor names. No code
  can get the keys any more: other workers need another anchor, and new keys.
handover/policy-too-new
  The oldest signed policy that the worker remembers came less than the anchor's delay ago, so no code
  counts yet. Repeat the handover when the chain's time is \`untilMs\`, in Unix milliseconds. If the worker
  cannot read its chain's runtime, its time stands still, and it cannot hand over its keys.
handover/too-far-ahead
  The receiver is so far ahead of the source's highest final block that it no longer remembers whether its
  chain contains the block: bring the source to the chain's latest blocks, and call \`handover_begin\`
  again.
handover/wrong-nonce
  The message belongs to a handover other than the one in progress.
headers/authorities-mismatch
  The given authority list differs from the one in the state or in a header's announcement.
headers/beyond-set-change
  The batch continues past the block that enacts a new authority set: end the batch at that block, and send
  the rest afterwards.
headers/change-not-due
  The call gives a new authority set at a block that does not enact it.
headers/conflicts-finalized
  A header differs from the finalized header of the same number: the two headers are on different forks or
  chains.
headers/empty
  The batch has no headers.
headers/gap
  A header's number is not one more than the previous header's number: headers are missing or out of order.
headers/no-authorities
  The state has no authority list under the keys that GRANDPA uses.
headers/not-genesis
  The header that is given as the genesis header does not have the number 0.
headers/overlapping-change
  A header announces a change of authorities before an earlier change is enacted, which no GRANDPA chain
  does.
headers/staging-full
  Too many headers without a justification are staged: send a justification of one of them.
headers/wrong-parent
  A header's parent is not the previous header: the two headers are on different forks or chains.
headers/wrong-set-id
  The id of the new authority set is not one more than the id of the current set.
http/bad-content-type
  The body is not \`application/json\`.
http/bad-json
  The body is not JSON text.
http/bad-method
  The path does not accept this HTTP method: actions accept POST, and pages accept GET.
http/bad-request
  The HTTP request is malformed.
http/busy
  Too many calls are waiting for the enclave, or this call waited too long: try again in a moment.
http/enclave-down
  The enclave process is not ready, or ended before it answered.
http/enclave-timeout
  The enclave did not answer within the time limit.
http/forbidden
  Only the operator may make this request: at the operator's address, with the operator's token.
http/foreign-page
  The request does not come from a page that this server served under a name that it allows.
http/internal
  The gateway encountered a bug of its own.
http/no-node
  This server has no node for its page.
http/over-share
  Too many calls are waiting, and the caller's network used the enclave most in the last minute: try again
  later.
http/store-failed
  The blob store could not store the blobs that the enclave returned. A restart may lose the effect of the
  call.
http/too-large
  The body is larger than this action accepts.
http/unknown-action
  There is no action or page with this name.
http/worker-unreachable
  The worker behind a page's own server does not answer, or its answer is longer than answers may be.
ias/bad-quote-body
  The quote inside the report does not have the length of an enclave's quote.
ias/bad-signature
  The key in the certificate did not sign these exact bytes of the report.
ias/bad-timestamp
  The time of the signature cannot be read.
ias/quote-refused
  Intel's status of the quote is unknown, or means that the quote is not valid.
ias/unsupported-version
  The report comes from an unknown version of the service.
ias/wrong-role
  The report comes with a certificate that Intel issued for a purpose other than signing reports.
json/bad-number
  A number is out of range, too long, or (when writing) not an integer.
json/bad-string
  A string has no end, or contains a control character, an unknown escape or a lone surrogate.
json/bad-syntax
  The text is not JSON at this offset.
json/duplicate-key
  An object contains a key twice, so two readers could read it as two different messages.
json/missing-key
  An object lacks a key that the interface requires.
json/out-of-range
  A value has the right type, but is outside the range or length that the interface allows.
json/too-deep
  Arrays and objects are nested deeper than this reader allows.
json/too-long
  The text is longer than this reader allows.
json/too-many
  The text has more objects and arrays than any message needs. Each of them uses many times its length in
  memory.
json/trailing
  Text follows the value.
json/unknown-key
  An object has a key that the interface does not define.
json/unknown-variant
  The value does not name exactly one variant that the interface defines.
json/wrong-type
  A field does not have the type that the interface declares.
lineage/full
  As many different programs as a lineage may name have held the keys. They cannot go to one more: start
  workers with new keys.
lock/held
  A running worker, chain or relay uses this folder, in this container or in another one.
lock/unavailable
  The folder cannot be locked: the command \`flock\` is missing (install util-linux or BusyBox), or the
  folder's file system has no locks.
metadata/bad-events
  \`System.Events\` is missing or is not FRAME's list of event records, or its events contradict the
  pallets.
metadata/bad-magic
  The bytes do not begin with \`meta\`, so they are not runtime metadata.
metadata/bad-registry
  A type's id differs from its position in the registry.
metadata/bad-type
  A type cannot be decoded. For example, it contains only itself, has two fields with the same name, or is
  the compact form of a type that is not an unsigned integer.
metadata/duplicate
  Two pallets, or two items of one pallet or type, have the same name or index.
metadata/event-mismatch
  An event's fields are not those that this program expects.
metadata/missing
  The metadata does not contain this event, call, constant, storage item or part of an extrinsic.
metadata/too-deep
  A value is nested more deeply than any real value is.
metadata/too-large
  A value has more parts than a value of its length may have. Parts that take no bytes count too.
metadata/unknown-system-version
  The runtime's \`System.Version\` states a \`system_version\` whose rules this program does not know. A
  newer release may know them.
metadata/unknown-type
  The registry does not have a type that the metadata names.
metadata/unsupported-version
  This program does not read this version of metadata.
nitro/bad-cbor
  A document contains CBOR that AWS does not use, or CBOR that is not in its shortest form.
nitro/bad-envelope
  A document is not a COSE_Sign1 of a map with ES384, or contains unsigned data.
nitro/bad-field
  A document lacks a field, or the field is malformed.
nitro/bad-signature
  The key in the document's certificate did not sign the document, or the document was changed.
nitro/too-long
  A document is longer than the 16 KiB that AWS allows.
parachain/no-head
  The relay chain's state has no head for this parachain.
parachain/wrong-head
  There are no headers, or the last one is not the parachain's head in the relay chain's state.
policy/bad-signature
  The trusted key did not sign the policy.
policy/not-signed
  The policy has no signature, but a signature by a trusted key is required.
policy/unknown-version
  The policy has a version that this program does not know.
policy/wrong-hash
  The policy's hash differs from the pinned hash.
query/ahead
  The query names a block that the worker has not dispatched yet: ask again in a few seconds, or ask
  another worker.
query/answer-too-large
  The contract's answer is longer than an answer may be: ask for less, for example for an earlier page.
query/bad-encoding
  The origin is not hex, its signature is not base64, or the signature type is unknown.
query/bad-origin
  The origin does not have a length that its signature type allows.
query/bad-request
  The contract does not know this request, or the request's input has the wrong shape.
query/bad-signature
  The origin did not sign this query.
query/block-too-old
  The worker no longer remembers the hash of the block that the client knows to be final: name a newer
  block, or the genesis block.
query/expired
  The query has expired: the worker has passed the query's expiry block or time, or the query is older than
  the worker now accepts.
query/malformed
  The opened text is not a query of the kind that its envelope names.
query/no-contract
  There is no contract with this id.
query/origin-outside
  A v2 query names its signer outside the sealed content: the claim belongs inside.
query/other-session
  The query is not sealed to the worker's current query key: fetch the current key with \`get_status\`, and
  seal the query again.
query/over-share
  The account has used more than its share of the worker, and calls of other networks wait: send the query
  again after about \`retryMs\` milliseconds.
query/replayed
  The worker has already answered this query: send a new query with a new nonce.
query/resealed
  The text of the query names a chain, query key or encapsulated key that differs from the message's:
  someone other than the author has sealed the text again.
query/too-many
  The account has too many unexpired queries: wait until some expire.
query/unknown-block
  The worker has a different block at the height of the block that the client knows to be final: client and
  worker follow different chains.
quote/busy
  The interface stayed busy through all attempts.
quote/not-offered
  The hardware makes a kind of quote that the chosen provider does not accept.
quote/raced
  Another process wrote to the folder of this request, so the answer may be for that process.
quote/too-large
  The answer is longer than any quote.
quote/unavailable
  The hardware's interface is missing or returned an error.
quote/unknown-format
  The answer is not a quote of a kind that this program supports.
quote/wrong-report-data
  The quote does not contain the requested report data.
receipt/from-the-future
  The reply's chain time is more than a minute later than the time for which the receipt is verified.
receipt/unknown-version
  This program does not support the reply receipt's version.
receipt/wrong-anchor
  The evidence is bound to an anchor other than the expected one.
receipt/wrong-block
  The worker cannot have had the block that the query named: the block is higher than the block of the
  answer, or is a different block of the same height.
receipt/wrong-chain
  The reply was made for a chain or anchor other than the one in the evidence.
recovery/bad-keys
  The recovery keys are not in ascending order, or the threshold is not between 1 and their number.
recovery/bad-signature
  A recovery key did not sign this recovery.
recovery/behind
  The checkpoint's block is below the latest finalized block: sign a checkpoint of a later block.
recovery/duplicate-signer
  A key has signed twice.
recovery/lower-set-id
  The checkpoint's set id is not higher than the id of the set that it replaces.
recovery/no-keys
  The anchor names no recovery keys, so no signed checkpoint can replace a proof of finality.
recovery/other-set
  The recovery replaces an authority set other than the current one. If the current set is an earlier one,
  sync up to the set's last block first. If it is a later one, the recovery is done already.
recovery/too-few-signatures
  Fewer recovery keys have signed than the anchor requires.
recovery/unknown-signer
  A signature is by a key that is not among the anchor's recovery keys.
recovery/wrong-anchor
  The recovery is for workers with another anchor, or of another chain.
relay/answer-too-large
  The node's answer is larger than the relay accepts. Start the relay with a larger \`--max-message\`.
relay/bad-answer
  The node's answer does not have the format that the method defines.
relay/bad-reply
  The relay cannot read the worker's reply. Use the same version of the relay and the worker.
relay/broken-chain
  A header from the node is not a child of the block before it.
relay/change-pending
  An announced change of authorities has not been enacted yet. A checkpoint at this block would need both
  authority sets.
relay/checkpoint-mismatch
  The state after the checkpoint's block has other authorities, or another pending change of authorities,
  than the checkpoint names.
relay/checkpoint-off-chain
  The node's chain does not contain the checkpoint's block. Use a node of the checkpoint's chain.
relay/checkpoint-unsigned
  The authorities of the checkpoint did not sign a later block of the node under this set id or a nearby
  set id, so no worker could continue from the checkpoint.
relay/checkpoint-untried
  The node has no justification with which the checkpoint's authorities could be checked. Wait until a
  later block is final, choose an earlier block, or use another node.
relay/gap
  The worker needs these blocks. No node has their states any more, and no spool has their proofs. Give an
  archive node with \`--archive-node\` or another relay's spool with \`--spool-from\`, or start a new
  worker from a checkpoint that \`pruntime checkpoint\` makes.
relay/method-not-found
  The node does not offer this method. Start it with the RPC extensions of its chain, or give another node
  with \`--node\`.
relay/no-authorities
  The state of this block contains no GRANDPA authorities. Use a node of a chain that GRANDPA finalizes.
relay/no-block
  The node does not have the body of this block: it discards bodies, or follows another fork. Give an
  archive node with \`--archive-node\`, or another relay's spool with \`--spool-from\`.
relay/no-proof
  The node has no finality proof for the requested blocks yet.
relay/no-stored-proof
  The node offers no \`grandpa_*\` methods, and has not stored a justification at or after this block.
  Without these methods, a node has proofs only of the last block of an authority set, and of one block in
  each \`justification_period\` (usually 512 blocks). Wait for the next such block, or give a node that
  offers the methods.
relay/node-behind
  The node's finalized head is behind the worker's, or behind the block chosen for a checkpoint.
relay/node-lagging
  Another node's finalized head is far ahead of the followed node's.
relay/node-refused
  The node answered with an error.
relay/node-request-limit
  The request exceeds the limit of the node, or of a proxy in front of it. Start the node with a larger
  \`--rpc-max-request-size\`, or use another node.
relay/node-response-limit
  The answer exceeds the limit of the node, or of a proxy in front of it. Start the node with a larger
  \`--rpc-max-response-size\`, or use another node.
relay/node-timeout
  The node did not answer in time.
relay/node-unreachable
  The connection to the node was lost or could not be made.
relay/nodes-disagree
  Two nodes report different finalized blocks at one height, so at least one of them is wrong or follows a
  fork. The relay follows neither while they disagree. Find out which node is wrong, and start the relay
  without it.
relay/not-initialized
  The worker has no chain yet and waits for \`init_runtime\`.
relay/parachain-mismatch
  The worker and the relay follow different parachains, or only one of the two follows a parachain.
relay/rate-limited
  The node, or a proxy in front of it, keeps refusing connections or requests because it gets too many.
  Lower \`--parallel\`, or give a node of your own with \`--node\`.
relay/runtime-unreadable
  The worker's program cannot read the chain's runtime. \`reason\` is the error code that says why. Use a
  newer program, or give the worker runtime metadata on trust with \`--told\`.
relay/spool-failed
  The spool cannot be opened or written: the disk is full, or another relay uses the spool (\`lock/held\`).
  If the relay cannot write blocks, it continues without storing them. If it cannot open the spool, it
  keeps trying, and feeds the worker nothing. Free some space, or delete the folder if it is damaged.
relay/state-discarded
  The node has discarded the state of the requested block, and no archive node provided it. Use an archive
  node. A new worker can also start from a raw chain specification (\`--spec\`), or from a checkpoint that
  \`pruntime checkpoint\` makes.
relay/worker-refused
  The worker, or the gateway in front of it, refused a call of the relay.
relay/worker-unreachable
  The relay got no complete reply from the gateway, or the gateway got no reply from its enclave.
relay/wrong-chain
  The worker and the node follow different chains.
runtime-code/malformed
  The runtime's code is neither WebAssembly nor compressed WebAssembly, its sections cannot be read, or the
  unpacked code is longer than nodes accept.
runtime/already-initialized
  The worker already has a chain, and its chain cannot be changed.
runtime/bad-random
  The random source is broken: ten draws in a row gave no usable key.
runtime/bad-record
  A stored record opens, but its content is not valid for its kind.
runtime/below-mark
  The worker has started again, and has not yet reached the highest block that it once verified as final.
  Until then it only syncs and shows its status: wait while the relay brings it there. If it is at this
  block with an earlier authority set, it needs again what replaced the set: the recovery (\`pruntime
  recovery apply\`), or, if no digest announces the change, a call of \`sync_header\` with the block's
  header and \`authority_set_change_b64\`. The relay does not make this call. Where the anchor names a
  policy key, the worker must also have executed the block with the newest policy that it once knew.
runtime/busy
  The worker is handling another call. Until that call ends, it answers only queries.
runtime/channel-v1
  The anchor lets workers run commands of channel v1. A worker in production mode refuses such an anchor:
  use an anchor that refuses these commands, or start the worker with --channel-v1.
runtime/contradicts-mark
  The headers lead to a block other than the one that the worker once verified as final at this height, or
  to an authority set that the worker has passed. The headers belong to another fork: use another node, and
  restart the worker if it has already taken lower blocks of that fork.
runtime/halted
  The runtime encountered a bug of its own and accepts no more calls, because its answers could be wrong.
runtime/metadata-outdated
  The chain changed its runtime at this block, so later events are unreadable: call \`sync_code\` first.
runtime/no-mark
  The host returned the worker's keys without the record of the worker's highest final block: restore that
  record, or start a new worker with an empty data directory.
runtime/no-parachain
  The worker does not follow a parachain.
runtime/not-initialized
  The worker has no chain yet: call \`init_runtime\` first.
runtime/other-chain
  The worker's keys are bound to a different trust anchor: start a worker with new keys for this chain.
runtime/other-rules
  A program with a different rules number stored the worker's keys. Under that program's rules, the same
  blocks lead to a different state: start that program again, or start this program as a new worker.
runtime/parachain-by-bodies
  A parachain's commands come from events, so init needs metadata or a proof of code.
runtime/parachain-not-genesis
  The header given as the parachain's genesis does not have the number 0.
runtime/queue-full
  Too many finalized headers wait for dispatch: call \`dispatch_block\` first.
runtime/recovery-by-bodies
  The anchor names recovery keys, but commands come from bodies. A recovery brings only headers, so it
  cannot lead such a worker on: leave the keys out, or give metadata or a proof of code.
runtime/unreadable
  This program cannot read the chain's runtime from this block on; \`reason\` is the error code that says
  why: start the worker with a newer program.
runtime/wrong-source
  The call delivers commands from a source other than the source that was fixed at init.
simulated/bad-signature
  The simulation key did not sign the document.
snp/bad-guest-policy
  The guest's policy lacks the bit that is set in every policy.
snp/bad-length
  The report does not have the length that AMD's layout requires.
snp/bad-signature
  The key in the certificate did not sign the report, or the report was changed.
snp/bad-vek
  The signing key's certificate lacks one of AMD's extensions about the chip and its firmware.
snp/reserved-not-zero
  Bytes that AMD's layout reserves are not zero. The report may contain unknown information.
snp/tcb-mismatch
  The report names different firmware versions than its certificate, or a reserved byte among the versions
  is not zero.
snp/unknown-product
  The certificate chain does not end in the root of a known AMD product.
snp/unsupported-signature
  The report is not signed with ECDSA on P-384, or not signed at all.
snp/unsupported-version
  The layout of this report version is unknown.
snp/wrong-chip
  The report names a different chip than its certificate, or the chip id in the certificate has a wrong
  length.
snp/wrong-product
  The report comes from a different processor model than its certificate states.
snp/wrong-vek
  The report and its certificate name different kinds of signing key, or the certificate is for neither a
  VCEK nor a VLEK.
spec/bad-code
  The runtime code cannot be unpacked, is not WebAssembly, or has no readable version.
spec/no-code
  The chain specification contains no runtime code, so the version of its state is unknown. Give the
  version on the command line.
spec/not-raw
  The chain specification does not contain the keys and values of the genesis state. It is not in raw form,
  or contains only the state root.
spec/state-version-unknown
  The version of the state cannot be read from the runtime code without running the code. Give the version
  on the command line.
statement/bad-signature
  The worker's identity key did not sign the statement.
statement/unknown-version
  This program does not know the version of the statement.
statement/wrong-reply
  The statement does not name the reply that the client received.
statement/wrong-request
  The statement does not name the request that the client sent.
storage/hashed-value
  A proof of a state of version 0 contains a node with a hashed value, which only version 1 allows.
tcg/bad-digests
  An event does not have exactly one digest for each hash algorithm that the start of the log lists, or has
  no digest for the hash algorithm of the replay.
tcg/bad-log
  The measured-boot log does not start with a list of its hash algorithms, is longer than 1 MiB, or states
  a startup locality other than 0, 3 and 4.
tpm/bad-pcrs
  A register value is missing, or is not as long as a SHA-256 hash.
tpm/bad-signature
  The expected key did not sign the quote, or the quote was changed.
tpm/not-a-quote
  The signed structure is not a quote of a TPM, or has a field that is too long.
tpm/pcr-mismatch
  The register values differ from the values that the quote covers.
tpm/unsupported-bank
  The quote covers no bank of registers, several banks, or a bank other than SHA-256 with 24 registers.
tpm/unsupported-signature
  The signature has a scheme or hash that this program does not support.
trie/bad-node
  A trie node is not canonical: it is cut short or padded, or has a child or value that no canonical trie
  has.
trie/duplicate-node
  The proof contains a node or a value twice.
trie/incomplete-proof
  The proof lacks a node on the path to the key, or the key's value. The proof therefore does not show
  whether the key has a value, or which value.
trie/key-too-long
  A key is longer than 32,767 bytes, the most that a node can express.
trie/root-missing
  No node of the proof has the trusted root's hash: the proof is empty, or proves a different state.
trie/too-large
  The proof has more nodes or bytes than its reader accepts.
warp/empty
  The warp-sync proof has no fragments, so it proves nothing.
warp/no-set-change
  A fragment stops before its authority set ends. Only the last fragment of a finished proof may do so.
warp/not-ascending
  A fragment contains a header that is not above the block that was finalized before the fragment.
warp/not-linked
  Two consecutive headers of a fragment are not parent and child.
warp/too-large
  The warp-sync proof is larger than any that a node makes.
x509/algorithm-mismatch
  The signature algorithm that is stated outside the signed part differs from the algorithm inside.
x509/bad-chain-length
  The chain is empty or has more than five certificates.
x509/bad-leaf
  The leaf certificate is allowed to sign certificates, or is not allowed to sign data.
x509/bad-serial
  The serial number is longer than the 20 bytes that RFC 5280 allows.
x509/bad-signature
  The issuer that a certificate names did not sign the certificate.
x509/bad-version
  A certificate is not version 3, or a revocation list is not version 2.
x509/crl-bad-signature
  The issuer did not sign the revocation list.
x509/crl-expired
  The revocation list expired before the time of the verification.
x509/crl-not-allowed
  The issuer is not allowed to sign revocation lists.
x509/crl-not-yet-valid
  The revocation list was issued after the time of the verification.
x509/crl-wrong-issuer
  The revocation list does not name the expected issuer.
x509/duplicate-extension
  An extension occurs twice.
x509/expired
  A certificate had expired at the time of the verification.
x509/issuer-missing
  The chain does not lead to the trusted root: the issuer of a certificate is missing.
x509/no-next-update
  The revocation list does not state when the next list is due, so this program cannot judge the list's
  age.
x509/not-a-ca
  A certificate in the chain is the issuer of the certificate below, but is not allowed to issue
  certificates, or not at this depth.
x509/not-yet-valid
  A certificate was not yet valid at the time of the verification.
x509/stray-certificate
  A certificate is not part of the path from the leaf to the root: it is a duplicate, or unrelated.
x509/unknown-critical-extension
  A certificate, a revocation list or a list entry has a critical extension that is not supported.
x509/unsupported-algorithm
  This program does not support the algorithm of the signature.
x509/unsupported-key
  This program does not support the type or size of the public key.
x509/untrusted-root
  The root certificate of the chain does not have the name and key of the trusted root.
`;

/** The sentences, by their codes. */
export const sentences: ReadonlyMap<string, string> = new Map(
  text
    .trim()
    .split(/\n(?! )/)
    .map((entry) => {
      const [code = "", ...lines] = entry.split("\n");
      return [code, lines.map((line) => line.trim()).join(" ")];
    }),
);
