/** The view of DataPlaza: browse and list datasets, check and seal files, and order rows. */
import { useSignal } from "@preact/signals";
import { dataPlaza as typed } from "@pruntime/client/contracts/data-plaza";
import { fromUtf8 } from "@pruntime/core/bytes";
import { dataPlaza } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { AccountLabel } from "../components/account.tsx";
import { AskedView, useAsked } from "../components/asked.tsx";
import {
  Badge,
  Button,
  Empty,
  Field,
  Foreign,
  Notice,
  Panel,
  Select,
  Table,
  TextInput,
} from "../components/basics.tsx";
import { History } from "../components/history.tsx";
import { reasonOf } from "../reason.ts";
import { CommandForm } from "../schema-form/command-form.tsx";
import { chosen, keysOf } from "../session/accounts.ts";
import { keptText } from "../session/kept.ts";
import { locked, verified } from "../session/session.ts";
import { grouped } from "./balances.tsx";

/** Shows datasets and orders, and the forms to buy, to sell and to seal files. */
export function DataPlazaView(): JSX.Element {
  return (
    <>
      <Items />
      <Orders />
      <div class="columns">
        <Panel title="Buy">
          <CommandForm contract={dataPlaza} name="OpenOrder" action="Order" />
        </Panel>
        <Panel title="Sell">
          <CommandForm contract={dataPlaza} name="List" action="List" />
        </Panel>
      </div>
      <FilePanel />
      <History contract="DataPlaza" />
    </>
  );
}

function Items(): JSX.Element {
  const items = useAsked("items", () => typed.items(), false);
  return (
    <Panel
      title="Datasets for sale"
      about="Anyone may read this list. The contract collects no price."
      actions={<Button onClick={items.again}>Refresh</Button>}
    >
      <AskedView
        what="list of datasets"
        asking={items}
        show={(list) =>
          list.length === 0 ? (
            <Empty>No dataset is listed. List one below.</Empty>
          ) : (
            <Table
              caption="datasets"
              columns={["Id", "Name", "Category", "Description", "Per row", "Preview", "Seller"]}
              rows={list.map(({ id, seller, details }) => [
                id,
                <Foreign key="name" text={details.name} />,
                <Foreign key="category" text={details.category} />,
                <Foreign key="description" text={details.description} />,
                <span key="price" class="number">
                  {grouped(details.pricePerRow)}
                </span>,
                <Preview key="preview" text={details.datasetPreview} />,
                <AccountLabel key="seller" id={seller} />,
              ])}
            />
          )
        }
      />
    </Panel>
  );
}

function Preview({ text }: { readonly text: string }): JSX.Element {
  if (text === "") return <span class="hint">none</span>;
  return (
    <details>
      <summary>show</summary>
      <pre>
        <Foreign text={text.slice(0, 2_000)} />
      </pre>
    </details>
  );
}

function Orders(): JSX.Element {
  const orders = useAsked("orders", () => typed.orders(), true);
  return (
    <Panel
      title="Orders"
      about="The operator supplies the files. An order with both files waits for its buyer's turn."
      actions={<Button onClick={orders.again}>Refresh</Button>}
    >
      <AskedView
        what="list of orders"
        asking={orders}
        show={(list) =>
          list.length === 0 ? (
            <Empty>There are no orders yet.</Empty>
          ) : (
            <Table
              caption="orders"
              columns={["Id", "Dataset", "Buyer", "Dataset file", "Query file", "Result"]}
              rows={list.map(({ id, itemId, buyer, state }) => [
                id,
                itemId,
                <AccountLabel key="buyer" id={buyer} />,
                <Presence key="data" present={state.dataReady} />,
                <Presence key="query" present={state.queryReady} />,
                state.resultReady ? (
                  <span key="result">
                    <Badge tone="good" text="ready" /> {state.matchedRows} rows at{" "}
                    <Foreign text={state.resultPath} />
                  </span>
                ) : (
                  <Badge key="result" tone="quiet" text="waiting" />
                ),
              ])}
            />
          )
        }
      />
    </Panel>
  );
}

function Presence({ present }: { readonly present: boolean }): JSX.Element {
  return <Badge tone={present ? "good" : "warn"} text={present ? "present" : "missing"} />;
}

type Kind = "dataset" | "query";
const aboutFiles =
  "A CSV file with a header. The column “phone” joins a dataset with a query file. Only the account that " +
  "seals a file can name it in a command.";

/** Checks a file's columns here, and seals it, so that neither the operator nor the host can read it. */
function FilePanel(): JSX.Element {
  const path = keptText("file-path");
  const kind = useSignal<Kind>("query");
  const file = useSignal<File | undefined>(undefined);
  const [failure, done] = [useSignal(""), useSignal("")];
  const preview = useSignal<readonly (readonly string[])[]>([]);
  const choose = async (chosenFile: File | undefined): Promise<void> => {
    file.value = chosenFile;
    [failure.value, done.value] = ["", ""];
    preview.value = [];
    if (chosenFile === undefined) return;
    try {
      const start = await chosenFile.slice(0, 4_096).arrayBuffer();
      preview.value = previewOf(fromUtf8(new Uint8Array(start)));
    } catch (error) {
      failure.value = reasonOf(error);
    }
  };
  const seal = async (event: Event): Promise<void> => {
    event.preventDefault();
    [failure.value, done.value] = ["", ""];
    try {
      if (file.value === undefined || verified.value === undefined) return;
      const bytes = new Uint8Array(await file.value.arrayBuffer());
      const { sealDataFile } = await import("@pruntime/client/contracts/data-files");
      const { query } = await keysOf(chosen.value);
      const sealed = await sealDataFile(
        verified.value.client,
        { kind: kind.value, path: path.value, bytes },
        query,
      );
      saveBytes(`${kind.value}.sealed`, sealed.bytes);
      done.value = "Sealed. Give the saved file and its path to the worker's operator.";
    } catch (error) {
      failure.value = reasonOf(error);
    }
  };
  return (
    <Panel title="Seal a file" about={aboutFiles}>
      <form onSubmit={(event) => void seal(event)}>
        <div class="fields">
          <Select
            label="What it is"
            name="file-kind"
            value={kind.value}
            options={[
              ["query", "a query file, for buying"],
              ["dataset", "a dataset, for selling"],
            ]}
            choose={(one) => (kind.value = one)}
          />
          <TextInput
            label="Path"
            name="file-path"
            hint="the link that the command names, such as /ipfs/my-query"
            value={path.value}
            onInput={(text) => (path.value = text)}
          />
          <Field label="File" hint={file.value?.name ?? "not kept: choose it again after a reload"}>
            <input
              type="file"
              accept=".csv,text/csv"
              onChange={(event) => void choose(event.currentTarget.files?.[0])}
            />
          </Field>
        </div>
        {preview.value.length > 0 && <FilePreview rows={preview.value} />}
        {failure.value !== "" && (
          <Notice tone="bad" title="The file was not sealed.">
            <Foreign text={failure.value} />
          </Notice>
        )}
        {done.value !== "" && <Notice tone="good">{done.value}</Notice>}
        <Button
          kind="primary"
          submit
          disabled={file.value === undefined || path.value === "" || locked.value !== undefined}
        >
          Seal as {chosen.value.name}
        </Button>
      </form>
    </Panel>
  );
}

function FilePreview({ rows }: { readonly rows: readonly (readonly string[])[] }): JSX.Element {
  const [columns = [], ...rest] = rows;
  return (
    <>
      {!columns.includes("phone") && (
        <Notice tone="warn">No column is named “phone”. A dataset without it is refused.</Notice>
      )}
      <Table
        caption="the first rows of the file"
        columns={columns}
        rows={rest.map((row) => row.map((cell) => <Foreign key={cell} text={cell} />))}
      />
    </>
  );
}

/** The first lines of a table, split at commas: only for a look, the worker's rules check the whole file. */
export function previewOf(text: string): readonly (readonly string[])[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return lines.slice(0, 6).map((line) => line.split(",").slice(0, 12));
}

function saveBytes(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
