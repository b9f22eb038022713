/** The page that a worker's gateway serves: a status, a query form and a command form. */
import { computed, signal } from "@preact/signals";
import type { WorkerClient } from "@pruntime/client";
import type { Pushed, Via } from "@pruntime/client/chain";
import { canonicalJson } from "@pruntime/core/json";
import { type JSX, render } from "preact";
import { commands, queries } from "./examples.ts";
import { type Filled, Form, Select } from "./form.tsx";
import { Failure, Status } from "./status.tsx";
import "./style.css";
import { TrustForm } from "./trust-form.tsx";
import { believe, type WorkerView, watchWorker, worker } from "./worker.ts";

const people = ["//Alice", "//Bob", "//Charlie"];
const anonymous = "anonymous";
/** The node's URL, from the page's address or the user. */
const givenNode = signal(new URL(globalThis.location.href).searchParams.get("node") ?? undefined);
/** The URL of the node to which commands are sent. */
const nodeUrl = computed(() => {
  const ofServer = worker.value.kind === "connected" ? worker.value.trust.node : undefined;
  return givenNode.value ?? ofServer ?? `ws://${globalThis.location.hostname}:9944`;
});

/** How commands get onto the chain. */
const via = signal<Via | "usual">("usual");
const ways: readonly (readonly [value: Via | "usual", label: string])[] = [
  ["usual", "the chain's pallet, or else a remark"],
  ["pallet", "the pallet Execution"],
  ["remark", "a remark: on any chain"],
];

/** The code for keys and for the chain client is loaded when a form first needs it. */
const loadChain = (): Promise<typeof import("@pruntime/client/chain")> => import("@pruntime/client/chain");

async function ask(client: WorkerClient, { account, contract, value, kind }: Filled): Promise<string> {
  const signer = account === anonymous ? {} : { signer: (await loadChain()).accountOf(account).query };
  const answer = await client.query(contract, value, { kind, ...signer });
  const time =
    answer.chainTimeMs === 0n ? "an unknown time" : new Date(Number(answer.chainTimeMs)).toISOString();
  const text = canonicalJson(answer.value);
  const first =
    answer.knownBlock?.from === "anchor" ? "; the first answer, so no later block was compared" : "";
  return `${text}\n\nas of block ${answer.dispatchedNumber}, ${time}, signed by the worker${first}`;
}

async function command(client: WorkerClient, filled: Filled, tell: (line: string) => void): Promise<string> {
  const { accountOf, ChainClient, awaitExecutionReceipt, commandCallName } = await loadChain();
  const account = accountOf(filled.account);
  const unsealed = { contractId: filled.contract, json: filled.value };
  tell(`connecting to ${nodeUrl.value}…`);
  const chain = await ChainClient.connect(nodeUrl.value, via.value === "usual" ? {} : { via: via.value });
  try {
    tell("sealing and submitting the command; waiting for the chain to finalize it…");
    const pushed = await client.push(chain, account, unsealed, filled.kind);
    const place = placeOf(pushed, commandCallName(pushed.via));
    tell(`${place}; waiting until the worker has executed that block…`);
    const status = await awaitExecutionReceipt(client, account, pushed, 60_000);
    return `${place}, executed: ${status}\n\non chain:\n${pushed.payload}`;
  } finally {
    chain.close();
  }
}

function placeOf({ blockNumber, fee }: Pushed, call: string): string {
  return `final in block ${blockNumber} by ${call}${fee === undefined ? "" : `, fee ${fee}`}`;
}

function evidenceLine({ client, trust }: Extract<WorkerView, { kind: "connected" }>): string {
  const kind = client.attested?.authentic.kind ?? "none";
  const whose = { address: "the address of this page", server: "this page's own server", reader: "you" }[
    trust.from
  ];
  return `${kind}, verified here for a fresh nonce; ${whose} supplied policy and anchor`;
}

function App(): JSX.Element {
  const view = worker.value;
  return (
    <>
      <header>
        <h1>pruntime</h1>
        <nav>
          <a href="./docs">REST interface</a>
        </nav>
      </header>
      {view.kind === "connecting" && <p>Connecting…</p>}
      {view.kind === "asking" && <TrustForm take={believe} />}
      {view.kind === "waiting" && (
        <p>The worker does not know its chain yet. Start a relay, or run “pruntime init”.</p>
      )}
      {view.kind === "catching-up" && (
        <p>
          The worker has started again. It answers once it has synced to the highest block that it once knew
          as final.
        </p>
      )}
      {view.kind === "failed" && <Failure reason={view.reason} />}
      {view.kind === "connected" && (
        <>
          <Status
            status={view.status}
            worker={view.client.worker}
            evidence={evidenceLine(view)}
            origin={globalThis.location.origin}
          />
          <Form
            title="Ask"
            action="ask"
            accounts={[...people, anonymous]}
            examples={queries}
            submit={(filled) => ask(view.client, filled)}
          />
          <Form
            title="Command"
            action="put on chain"
            accounts={people}
            examples={commands}
            submit={(filled, tell) => command(view.client, filled, tell)}
          >
            <Select label="by" options={ways} value={via.value} choose={(way) => (via.value = way)} />
            <label>
              node
              <input
                value={nodeUrl.value}
                onInput={(event) => (givenNode.value = event.currentTarget.value)}
              />
            </label>
          </Form>
          <p class="small">
            Alice, Bob and Charlie are development accounts; their keys are public. Do not use them for
            anything of value.
          </p>
        </>
      )}
    </>
  );
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
void watchWorker();
