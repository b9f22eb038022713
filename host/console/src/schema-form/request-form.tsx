/** The form of a request: asks the worker, and shows the answer as tables and trees. */
import { useSignal } from "@preact/signals";
import type { Answer } from "@pruntime/client";
import { encodeQuery2020, encodeQueryPayload, plainQuery } from "@pruntime/core/channel";
import { canonicalJson, type Json, parseJson } from "@pruntime/core/json";
import { type BuiltIn, type RequestInterface, readReason } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { Dated } from "../components/asked.tsx";
import { Badge, Button, Foreign, Notice, Prose } from "../components/basics.tsx";
import { Copyable, download } from "../components/copy.tsx";
import { JsonTree } from "../components/json-tree.tsx";
import { reasonOf } from "../reason.ts";
import { chosen, keysOf } from "../session/accounts.ts";
import { keptText } from "../session/kept.ts";
import { locked, verified, workerUrl } from "../session/session.ts";
import { MessageFields } from "./message-fields.tsx";
import { useTypedMessage } from "./typed-message.ts";

interface RequestFormProps {
  readonly contract: BuiltIn;
  /** The name of the request. */
  readonly name: string;
}

/** Shows the form of a request, and its latest answer, which is kept for this tab. */
export function RequestForm({ contract, name }: RequestFormProps): JSX.Element {
  const message = contract.requests.find((one) => one.name === name) as RequestInterface;
  const typed = useTypedMessage(contract, message);
  const signed = useSignal(message.asker !== "anyone, signed or not");
  const [busy, failure] = [useSignal(false), useSignal("")];
  const answer = useSignal<Answer | undefined>(undefined);
  const earlier = keptText(`answer:${contract.name}/${name}`);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const json = typed.read();
    const client = verified.value?.client;
    if (json === undefined || client === undefined || busy.value) return;
    busy.value = true;
    failure.value = "";
    try {
      const signer = signed.value ? { signer: (await keysOf(chosen.value)).query } : {};
      answer.value = await client.query(contract.id, json, signer);
      earlier.value = canonicalJson(answer.value.value);
    } catch (error) {
      failure.value = reasonOf(error);
    }
    busy.value = false;
  };
  return (
    <form class="message" onSubmit={(event) => void submit(event)} data-request={name}>
      <p class="about">
        <Prose text={`${message.meaning} Answered to: ${message.asker}.`} />
      </p>
      <MessageFields message={message} typed={typed} full />
      <label class="check">
        <input
          type="checkbox"
          name="signed"
          checked={signed.value}
          onChange={(event) => (signed.value = event.currentTarget.checked)}
        />{" "}
        sign the request as {chosen.value.name}
      </label>
      <div class="row">
        <Button kind="primary" submit disabled={busy.value || verified.value === undefined}>
          {busy.value ? "Asking…" : "Ask"}
        </Button>
        {locked.value !== undefined && <span class="hint">{locked.value}</span>}
      </div>
      {failure.value !== "" && (
        <Notice tone="bad" title="The worker gave no answer.">
          <Foreign text={failure.value} />
        </Notice>
      )}
      {earlier.value !== "" && <Answered text={earlier.value} />}
      {answer.value !== undefined ? (
        <Dated answer={answer.value} />
      ) : (
        earlier.value !== "" && (
          <p class="dated">From before this page was loaded again. Ask again for a new answer.</p>
        )
      )}
      {answer.value !== undefined && (
        <Button onClick={() => saveReceipt(answer.value)}>Save the reply receipt</Button>
      )}
      <Elsewhere contract={contract} json={() => typed.read()} />
    </form>
  );
}

function Answered({ text }: { readonly text: string }): JSX.Element {
  const json = parseJson(text);
  const refusal = refusalIn(json);
  return (
    <div class="answer">
      {refusal !== undefined && (
        <p>
          <Badge tone="bad" text="refused" /> <Foreign text={refusal} />
        </p>
      )}
      {refusal === undefined && <JsonTree value={json} />}
      <details>
        <summary>JSON</summary>
        <pre>
          <Foreign text={text} />
        </pre>
      </details>
    </div>
  );
}

function refusalIn(json: Json): string | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { Error: error } = json as { readonly Error?: Json };
  return error === undefined ? undefined : readReason(error, "");
}

function saveReceipt(answer: Answer | undefined): void {
  const client = verified.value?.client;
  if (client === undefined || answer === undefined) return;
  download("reply-receipt.json", canonicalJson(client.replyReceipt(answer)));
}

/** The same request for a command line and for a program. */
function Elsewhere({
  contract,
  json,
}: {
  readonly contract: BuiltIn;
  readonly json: () => Json | undefined;
}): JSX.Element {
  const shown = useSignal(false);
  const request = shown.value ? json() : undefined;
  return (
    <details onToggle={(event) => (shown.value = event.currentTarget.open)}>
      <summary>The same with curl, or in a program</summary>
      {request !== undefined && (
        <>
          <p class="hint">With curl, unsigned and readable by the worker's host:</p>
          <Copyable short={false} text={curlOf(contract.id, request)} />
          <p class="hint">With @pruntime/client, verified and sealed:</p>
          <Copyable short={false} text={codeOf(contract.id, request)} />
        </>
      )}
    </details>
  );
}

function curlOf(contractId: number, request: Json): string {
  const { payload } = plainQuery(encodeQuery2020({ contractId, nonce: 1, request }));
  const body = canonicalJson({ input: { query_payload: encodeQueryPayload(payload) }, nonce: { id: 1 } });
  const quoted = body.replaceAll("'", `'\\''`);
  return `curl -H 'content-type: application/json' -d '${quoted}' ${workerUrl()}/query`;
}

function codeOf(contractId: number, request: Json): string {
  const json = canonicalJson(request);
  return `const worker = await connect("${workerUrl()}", { policy, anchor });
const { value } = await worker.query(${contractId}, ${json}, { signer });`;
}
