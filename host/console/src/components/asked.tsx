/** Asks the worker, and shows the answer's state: loading, failed, or dated and signed. */
import { type Signal, useSignal } from "@preact/signals";
import type { Answer, QueryOptions, Request } from "@pruntime/client";
import type { Json } from "@pruntime/core/json";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { reasonOf } from "../reason.ts";
import { chosen, keysOf } from "../session/accounts.ts";
import { executedCount } from "../session/commands.ts";
import { contact, nowMs, verified } from "../session/session.ts";
import { Button, Foreign, Loading, Notice } from "./basics.tsx";

/** What is known about the answer to a request. */
export interface Asked<T> {
  readonly answer: Answer<T> | undefined;
  /** Why the latest attempt failed; the earlier answer, if there is one, stays. */
  readonly failure: string | undefined;
  readonly busy: boolean;
}

/** A request that a view keeps asking. */
export interface Asking<T> {
  readonly asked: Signal<Asked<T>>;
  readonly again: () => void;
}

/**
 * Asks when the view is shown, when the account or `key` changes, when the worker comes back, and when a
 * command was executed.
 * @param signed whether the chosen account signs the request. Development accounts sign silently.
 */
export function useAsked<T>(key: string, request: () => Request<T>, signed: boolean): Asking<T> {
  const asked = useSignal<Asked<T>>({ answer: undefined, failure: undefined, busy: true });
  const again = (): void => void ask(asked, request, signed);
  const ready = verified.value !== undefined && contact.value.kind === "live";
  useEffect(() => {
    if (ready) again();
  }, [key, ready, chosen.value.name, executedCount.value]);
  return { asked, again };
}

async function ask<T>(asked: Signal<Asked<T>>, request: () => Request<T>, signed: boolean): Promise<void> {
  const client = verified.value?.client;
  if (client === undefined) return;
  asked.value = { ...asked.value, busy: true };
  const account = chosen.value;
  try {
    const options: QueryOptions = signed ? { signer: (await keysOf(account)).query } : {};
    const answer = await client.query(request(), options);
    if (account === chosen.value || !signed) asked.value = { answer, failure: undefined, busy: false };
  } catch (error) {
    asked.value = { ...asked.value, failure: reasonOf(error), busy: false };
  }
}

interface AskedViewProps<T> {
  readonly what: string;
  readonly asking: Asking<T>;
  readonly show: (value: T) => ComponentChildren;
}

/** Shows what is known about an answer. */
export function AskedView<T>({ what, asking, show }: AskedViewProps<T>): JSX.Element {
  const { answer, failure, busy } = asking.asked.value;
  return (
    <div aria-busy={busy}>
      {failure !== undefined && (
        <Notice tone="bad" title={`The worker gave no ${what}.`}>
          <Foreign text={failure} /> <Button onClick={asking.again}>Try again</Button>
        </Notice>
      )}
      {answer === undefined ? failure === undefined && <Loading what={what} /> : show(answer.value)}
      {answer !== undefined && <Dated answer={answer} />}
    </div>
  );
}

/** Says as of which block an answer is, and who vouches for it. */
export function Dated({ answer }: { readonly answer: Answer<unknown> | Answer<Json> }): JSX.Element {
  const ageSec = Math.max(0, Math.round((nowMs.value - Number(answer.chainTimeMs)) / 1_000));
  const age = answer.chainTimeMs === 0n ? "" : `, ${ageSec} s old`;
  const first =
    answer.knownBlock?.from === "anchor" ? " The first answer, so no later block was compared." : "";
  return (
    <p class="dated">
      As of block {answer.dispatchedNumber}
      {age}, signed by the worker and checked here.{first}
    </p>
  );
}
