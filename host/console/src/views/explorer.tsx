/** The view of the chain: recent blocks as the node reports them, and search by block and by command. */
import { type Signal, useSignal } from "@preact/signals";
import { system } from "@pruntime/client/contracts/system";
import { fromHex, toHex } from "@pruntime/core/bytes";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { AccountLabel } from "../components/account.tsx";
import { AskedView, useAsked } from "../components/asked.tsx";
import { Bars } from "../components/bars.tsx";
import {
  Badge,
  Button,
  Facts,
  Foreign,
  Loading,
  Notice,
  Panel,
  Table,
  TextInput,
} from "../components/basics.tsx";
import { Copyable } from "../components/copy.tsx";
import { NodeConnection, type ReportedBlock, readBlock } from "../explorer/node.ts";
import { reasonOf } from "../reason.ts";
import { goTo, linkTo, route } from "../route.ts";
import { chosen } from "../session/accounts.ts";
import { keptText } from "../session/kept.ts";
import { nowMs, verified } from "../session/session.ts";

/**
 * The blocks that the view shows.
 * @limit blocks
 * @source chosen
 * @past older blocks are found by search
 */
const maxShown = 12;

interface Blocks {
  readonly list: readonly ReportedBlock[];
  readonly failure: string;
}

/** The view. The address may name what to find: a block's number or hash, or a command's receipt key. */
export function ExplorerView(): JSX.Element {
  const find = route.value.parameters.get("find") ?? "";
  return (
    <>
      <Search />
      {find !== "" && <Found key={find} find={find} />}
      <Latest />
    </>
  );
}

function Search(): JSX.Element {
  const text = keptText("search");
  const wrong = useSignal<string | undefined>(undefined);
  const submit = (event: Event): void => {
    event.preventDefault();
    const find = text.value.trim().toLowerCase();
    const fits = /^\d{1,10}$/.test(find) || /^(0x)?[0-9a-f]{64}$/.test(find);
    wrong.value = fits ? undefined : "Give a block's number, or 64 hex digits.";
    if (fits) goTo("explorer", { find });
  };
  return (
    <form class="search" aria-label="search" onSubmit={submit}>
      <TextInput
        label="Find a block or a command"
        name="find"
        hint="a block's number or hash, or the receipt key of a command"
        value={text.value}
        wrong={wrong.value}
        onInput={(typed) => (text.value = typed)}
      />
      <Button kind="primary" submit>
        Find
      </Button>
    </form>
  );
}

function Found({ find }: { readonly find: string }): JSX.Element {
  const block = useSignal<ReportedBlock | undefined>(undefined);
  const state = useSignal<"loading" | "found" | "none" | "failed">("loading");
  const failure = useSignal("");
  const isNumber = /^\d{1,10}$/.test(find);
  useEffect(() => {
    const node = new NodeConnection();
    readBlock(node, isNumber ? Number(find) : `0x${find.replace(/^0x/, "")}`)
      .then((one) => {
        block.value = one;
        state.value = one === undefined ? "none" : "found";
      })
      .catch((error: unknown) => {
        failure.value = reasonOf(error);
        state.value = "failed";
      })
      .finally(() => node.close());
    return () => node.close();
  }, [find]);
  return (
    <>
      <Panel
        title={isNumber ? `Block ${find}` : "Found"}
        about="The node reports this. Nothing here proves it."
        actions={<a href={linkTo("explorer")}>Close</a>}
      >
        {state.value === "loading" && <Loading what="the block" />}
        {state.value === "none" && (
          <p class="empty">The node knows no block with this {isNumber ? "number" : "hash"}.</p>
        )}
        {state.value === "failed" && (
          <Notice tone="bad">
            <Foreign text={failure.value} />
          </Notice>
        )}
        {block.value !== undefined && <BlockDetails block={block.value} />}
      </Panel>
      {!isNumber && <ReceiptPanel hash={find.replace(/^0x/, "")} />}
    </>
  );
}

function BlockDetails({ block }: { readonly block: ReportedBlock }): JSX.Element {
  return (
    <>
      <Facts
        rows={[
          ["Number", block.number],
          ["Hash", <Copyable key="hash" text={block.hash} />],
          ["Time", block.timeMs === undefined ? "unknown" : new Date(block.timeMs).toISOString()],
        ]}
      />
      <Table
        caption="extrinsics of the block"
        columns={["Index", "Bytes", "Signer", "Content"]}
        rows={block.extrinsics.map(({ bytes, signer, isSealed }, at) => [
          at,
          bytes,
          signer === undefined ? "none" : <AccountLabel key="signer" id={signer} />,
          isSealed ? <Badge key="content" tone="quiet" text="a sealed command" /> : "",
        ])}
      />
    </>
  );
}

/** What the signed-in owner sees of a command. */
function ReceiptPanel({ hash }: { readonly hash: string }): JSX.Element {
  const receipt = useAsked(`receipt ${hash}`, () => system.executionReceipt(fromHex(hash)), true);
  return (
    <Panel
      title={`The command as ${chosen.value.name} sees it`}
      about="The worker shows a command only to the account that sent it."
    >
      <AskedView
        what="receipt"
        asking={receipt}
        show={({ account, blockNumber, command, contractId, status, txHash }) => (
          <Facts
            rows={[
              ["Status", <Badge key="status" tone={status === "Ok" ? "good" : "bad"} text={status} />],
              ["Contract", contractId],
              [
                "Block",
                <a key="block" href={linkTo("explorer", { find: String(blockNumber) })}>
                  {blockNumber}
                </a>,
              ],
              ["Sender", <AccountLabel key="sender" id={account} />],
              ["Command", <Foreign key="command" text={command} />],
              ["Receipt key", <Copyable key="key" text={toHex(txHash)} />],
            ]}
          />
        )}
      />
    </Panel>
  );
}

function Latest(): JSX.Element {
  const blocks = useSignal<Blocks | undefined>(undefined);
  const number = verified.value?.status.finalized?.number;
  useEffect(() => {
    if (number === undefined) return;
    const node = new NodeConnection();
    readLatest(node, number, blocks)
      .catch(
        (error: unknown) => (blocks.value = { list: blocks.value?.list ?? [], failure: reasonOf(error) }),
      )
      .finally(() => node.close());
    return () => node.close();
  }, [number]);
  const shown = blocks.value;
  return (
    <Panel
      title="Latest final blocks"
      about="The numbers are the worker's; the blocks are what the node reports."
    >
      {shown === undefined && <Loading what="the latest blocks" />}
      {shown !== undefined && shown.failure !== "" && (
        <Notice tone="bad" title="The blocks may be out of date.">
          <Foreign text={shown.failure} />
        </Notice>
      )}
      {shown !== undefined && (
        <>
          <Charts blocks={shown.list} />
          <Table
            caption="latest final blocks"
            columns={["Block", "Hash", "Age", "Extrinsics", "Sealed commands", "Bytes"]}
            rows={shown.list.map(({ number: n, hash, timeMs, extrinsics }) => [
              <a key="number" href={linkTo("explorer", { find: String(n) })}>
                {n}
              </a>,
              <Copyable key="hash" text={hash} />,
              timeMs === undefined ? "–" : `${Math.max(0, Math.round((nowMs.value - timeMs) / 1_000))} s`,
              extrinsics.length,
              extrinsics.filter(({ isSealed }) => isSealed).length,
              extrinsics.reduce((sum, { bytes }) => sum + bytes, 0),
            ])}
          />
        </>
      )}
    </Panel>
  );
}

async function readLatest(
  node: NodeConnection,
  number: number,
  blocks: Signal<Blocks | undefined>,
): Promise<void> {
  const known = new Map(blocks.value?.list.map((block) => [block.number, block]));
  const numbers = Array.from({ length: maxShown }, (_, at) => number - at).filter((one) => one >= 0);
  const list = await Promise.all(numbers.map(async (one) => known.get(one) ?? readBlock(node, one)));
  blocks.value = { list: list.filter((block) => block !== undefined), failure: "" };
}

function Charts({ blocks }: { readonly blocks: readonly ReportedBlock[] }): JSX.Element {
  const oldestFirst = blocks.toReversed();
  const times = oldestFirst.flatMap(({ timeMs }) => timeMs ?? []);
  const gaps = times.slice(1).map((timeMs, at) => (timeMs - (times[at] ?? timeMs)) / 1_000);
  return (
    <div class="charts">
      <Bars title="Block time" unit="s" values={gaps} />
      <Bars
        title="Sealed commands"
        unit="per block"
        values={oldestFirst.map(({ extrinsics }) => extrinsics.filter(({ isSealed }) => isSealed).length)}
      />
    </div>
  );
}
