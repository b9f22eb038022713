/** The fields of a command or a request, or its JSON text. */
import { visibleText } from "@pruntime/core/bytes";
import type { CommandInterface, RequestInterface } from "@pruntime/interfaces";
import type { JSX } from "preact";
import { Button, Field } from "../components/basics.tsx";
import { SchemaPart } from "./schema-form.tsx";
import type { TypedMessage } from "./typed-message.ts";

interface MessageFieldsProps {
  readonly message: CommandInterface | RequestInterface;
  readonly typed: TypedMessage;
  /** Whether the JSON text and the example are offered. */
  readonly full: boolean;
}

/** Shows the fields, or the JSON text, and the buttons that change between them. */
export function MessageFields({ message, typed, full }: MessageFieldsProps): JSX.Element {
  const { draft, text, isRaw, wrong, toggleRaw, fillExample } = typed;
  const whole = wrong.value !== undefined && (isRaw.value || wrong.value.at === "") ? wrong.value : undefined;
  return (
    <>
      {isRaw.value ? (
        <Field label="JSON" wrong={whole === undefined ? undefined : visibleText(whole.reason)}>
          <textarea
            name="json"
            rows={5}
            spellcheck={false}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </Field>
      ) : (
        <div class="fields">
          <SchemaPart
            schema={message.input}
            label=""
            at=""
            draft={draft.value}
            change={(changed) => (draft.value = changed)}
            wrong={wrong.value}
          />
          {whole !== undefined && (
            <p class="wrong" role="alert">
              {visibleText(whole.reason)}
            </p>
          )}
        </div>
      )}
      {full && (
        <div class="row">
          <Button onClick={toggleRaw}>{isRaw.value ? "Edit as a form" : "Edit as JSON"}</Button>
          <Button onClick={fillExample}>Fill in the example</Button>
        </div>
      )}
    </>
  );
}
