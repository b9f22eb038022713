/** The view that answers whether to trust the worker: one verdict, then each step with what was found. */
import { useSignal } from "@preact/signals";
import { endorsedEvidenceToJson } from "@pruntime/core/attestation";
import { canonicalJson } from "@pruntime/core/json";
import type { JSX } from "preact";
import {
  Badge,
  Button,
  Field,
  Foreign,
  Notice,
  Panel,
  Prose,
  Table,
  TextInput,
} from "../components/basics.tsx";
import { Copyable, download } from "../components/copy.tsx";
import { keptText } from "../session/kept.ts";
import { believe, contact, freshness, type Verified, verified } from "../session/session.ts";
import { rowsOf } from "./status-rows.ts";
import { type Source, trustSteps } from "./trust-steps.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

const sourceTones = { "proven here": "good", attested: "good", reported: "quiet" } as const;

const sources =
  "“Proven here”: this browser checked it. “Attested”: the worker signed it. “Reported”: the host says so, " +
  "and nothing proves it.";
const aboutPolicy =
  "No policy is configured for this worker. Enter a policy that you trust, and the anchor that the worker " +
  "must have been started from. “pruntime policy” writes policies, and “pruntime anchor” computes anchors.";

/** Shows the verdict, the steps that led to it, and the worker's status. */
export function TrustView(): JSX.Element {
  const known = verified.value;
  return (
    <>
      <VerdictPanel
        verdict={verdictOf({
          contact: contact.value,
          freshness: freshness.value,
          kind: known?.client.attested?.authentic.kind,
          from: known?.trust.from,
        })}
      />
      {contact.value.kind === "asking" && <TrustForm />}
      {known !== undefined && <StepsPanel known={known} />}
      {known !== undefined && <Remaining simulated={known.status.provider === "simulated"} />}
      {known !== undefined && <StatusPanel known={known} />}
    </>
  );
}

/** The verdict, large and first. */
export function VerdictPanel({ verdict }: { readonly verdict: Verdict }): JSX.Element {
  return (
    <section class={`verdict ${verdict.tone}`} aria-live="polite">
      <h2 id="verdict">{verdict.title}</h2>
      <p>
        <Prose text={verdict.reason} />
      </p>
      {contact.value.kind === "refused" && (
        <Button onClick={() => believe(undefined)}>Choose another policy or anchor</Button>
      )}
    </section>
  );
}

function SourceBadge({ source, holds }: { readonly source: Source; readonly holds: boolean }): JSX.Element {
  return <Badge tone={holds ? sourceTones[source] : "bad"} text={source} />;
}

function StepsPanel({ known }: { readonly known: Verified }): JSX.Element {
  const steps = trustSteps(known, freshness.value);
  const rows = steps.map(({ name, expected, found, source, holds }) => [
    <b key="name">{name}</b>,
    <Foreign key="expected" text={expected} />,
    found.length > 48 && !found.includes(" ") ? (
      <Copyable key="found" text={found} />
    ) : (
      <Foreign key="found" text={found} />
    ),
    <span key="source" class="nowrap">
      {holds ? "✓ " : "✗ "}
      <SourceBadge source={source} holds={holds} />
    </span>,
  ]);
  return (
    <Panel title="What was checked" about={sources} actions={<Downloads known={known} />}>
      <Table caption="what was checked" columns={["Step", "Expected", "Found", "Source"]} rows={rows} />
    </Panel>
  );
}

function Downloads({ known: { client } }: { readonly known: Verified }): JSX.Element {
  const failure = useSignal("");
  const evidence = (): void => {
    const { attested } = client;
    if (attested === undefined) return;
    download("evidence.json", canonicalJson(endorsedEvidenceToJson(attested.evidence)));
  };
  const receipt = (): void => download("reply-receipt.json", canonicalJson(client.replyReceipt()));
  const tried = (save: () => void) => () => {
    try {
      save();
    } catch (error) {
      failure.value = error instanceof Error ? "The worker has not answered a request yet." : "";
    }
  };
  return (
    <span class="row">
      <Button onClick={tried(evidence)}>Save the evidence</Button>
      <Button onClick={tried(receipt)}>Save a reply receipt</Button>
      {failure.value !== "" && <span class="hint">{failure.value}</span>}
    </span>
  );
}

function Remaining({ simulated }: { readonly simulated: boolean }): JSX.Element {
  return (
    <Panel title="What the host can still learn">
      <ul>
        {simulated && <li>Everything: a simulated worker protects nothing from its machine.</li>}
        <li>When you ask, from which address, and the padded length of each request and answer.</li>
        <li>Which account sends each command, and to which contract: the chain shows both.</li>
        <li>It can refuse to answer, and it can delay blocks up to the age that this page accepts.</li>
      </ul>
    </Panel>
  );
}

function StatusPanel({ known }: { readonly known: Verified }): JSX.Element {
  const { client, status, trust } = known;
  const kind = client.attested?.authentic.kind ?? "none";
  const from = {
    address: "the address of this page",
    server: "this page's own server",
    reader: "you",
    "own-machine": "your own machine",
  }[trust.from];
  const evidence = `${kind}, verified here for a fresh nonce; ${from} supplied policy and anchor`;
  const rows = rowsOf({ status, worker: client.worker, evidence, origin: globalThis.location.origin });
  return (
    <Panel title="The worker's status">
      <Table
        caption="the worker's status"
        columns={["Name", "Value", "Source"]}
        rows={rows.map(({ name, value, source }) => [
          name,
          /^[0-9a-f]{48,}$/.test(value) ? (
            <Copyable key="value" text={value} />
          ) : (
            <Foreign key="value" text={value} />
          ),
          <Badge key="source" tone={source === "reported" ? "quiet" : "good"} text={source} />,
        ])}
      />
    </Panel>
  );
}

/** Asks the user which worker to trust, if neither the page's address nor its server specifies one. */
function TrustForm(): JSX.Element {
  const [policy, anchor] = [keptText("policy"), keptText("anchor")];
  return (
    <Panel title="Which worker?" about={aboutPolicy}>
      <form
        id="trust"
        onSubmit={(event) => {
          event.preventDefault();
          believe({ policy: policy.value, anchor: anchor.value.trim(), from: "reader" });
        }}
      >
        <Field label="Policy (JSON)">
          <textarea
            name="policy"
            rows={6}
            spellcheck={false}
            value={policy.value}
            onInput={(event) => (policy.value = event.currentTarget.value)}
          />
        </Field>
        <TextInput
          label="Anchor"
          name="anchor"
          hint="64 hex digits"
          value={anchor.value}
          onInput={(text) => (anchor.value = text)}
        />
        <Notice tone="quiet">
          A policy from the worker's own operator proves only what that operator claims.
        </Notice>
        <Button kind="primary" submit>
          Verify the worker
        </Button>
      </form>
    </Panel>
  );
}
