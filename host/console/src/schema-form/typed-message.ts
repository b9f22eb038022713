/** What the user typed for a command or a request, and the JSON that it makes. It is kept for this tab. */
import { type Signal, useSignal } from "@preact/signals";
import { canonicalJson, type Json, JsonError, parseJson } from "@pruntime/core/json";
import {
  type BuiltIn,
  type CommandInterface,
  messageJson,
  type RequestInterface,
} from "@pruntime/interfaces";
import { reasonOf, reasonOfJson } from "../reason.ts";
import { kept, keptText } from "../session/kept.ts";
import { type Draft, draftOf, isDrawable, jsonOf } from "./draft.ts";

/** What is wrong with what the user typed. `at` is a JSON pointer; empty for the message as a whole. */
export interface Wrong {
  readonly at: string;
  readonly reason: string;
}

/** A message that the user is typing. */
export interface TypedMessage {
  readonly draft: Signal<Draft>;
  /** The message as JSON text, for those who edit it by hand. */
  readonly text: Signal<string>;
  readonly isRaw: Signal<boolean>;
  readonly wrong: Signal<Wrong | undefined>;
  /** The message; `undefined`, and sets `wrong`, if it does not fit. */
  readonly read: () => Json | undefined;
  /** Changes between the form and the JSON text, and takes over what was typed. */
  readonly toggleRaw: () => void;
  /** Fills the form with the interface's example. */
  readonly fillExample: () => void;
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isDraft = (value: unknown): value is Draft => value !== undefined;

/** The state of the form of a message. @param initial fields that are filled before the user types */
export function useTypedMessage(
  contract: BuiltIn,
  message: CommandInterface | RequestInterface,
  initial: Json = null,
): TypedMessage {
  const { input, name } = message;
  const key = `form:${contract.name}/${"answer" in message ? "request" : "command"}/${name}`;
  const draft = kept<Draft>(key, draftOf(input, initial), isDraft);
  const text = keptText(`${key}/json`);
  const isRaw = kept(`${key}/raw`, !isDrawable(input), isBoolean);
  const wrong = useSignal<Wrong | undefined>(undefined);

  const attempt = (): Json =>
    isRaw.value ? parseJson(text.value) : messageJson(name, jsonOf(input, draft.value));
  const read = (): Json | undefined => {
    wrong.value = undefined;
    try {
      return attempt();
    } catch (error) {
      const at = error instanceof JsonError && "at" in error.detail ? String(error.detail.at) : "";
      wrong.value = { at, reason: error instanceof JsonError ? reasonOfJson(error) : reasonOf(error) };
      return undefined;
    }
  };
  const toggleRaw = (): void => {
    const json = read();
    if (isRaw.value && json !== undefined) draft.value = draftOf(input, contentOf(name, json));
    if (!isRaw.value && json !== undefined) text.value = canonicalJson(json);
    if (!isRaw.value && json === undefined && text.value === "")
      text.value = canonicalJson(messageJson(name, exampleOf(message)));
    isRaw.value = !isRaw.value;
    wrong.value = undefined;
  };
  const fillExample = (): void => {
    const example = exampleOf(message);
    draft.value = draftOf(input, example);
    text.value = canonicalJson(messageJson(name, example));
    wrong.value = undefined;
  };
  return { draft, text, isRaw, wrong, read, toggleRaw, fillExample };
}

function exampleOf(message: CommandInterface | RequestInterface): Json {
  return "answer" in message ? message.example.input : message.example;
}

/** The content of a message: what stands under its name. */
function contentOf(name: string, json: Json): Json {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  const fields = json as { readonly [key: string]: Json };
  return Object.hasOwn(fields, name) ? (fields[name] as Json) : null;
}
