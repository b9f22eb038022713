/** Values that the user can copy, in full although they are shown shortened. */
import { useSignal } from "@preact/signals";
import { visibleText } from "@pruntime/core/bytes";
import type { JSX } from "preact";

/** Shows the beginning and the end of a long value, and copies all of it on a click. */
export function Copyable({
  text,
  short = true,
}: {
  readonly text: string;
  readonly short?: boolean;
}): JSX.Element {
  const said = useSignal("");
  const shown = short && text.length > 20 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text;
  const copy = async (): Promise<void> => {
    said.value = (await copyText(text)) ? "copied" : "select it and copy it by hand";
    setTimeout(() => (said.value = ""), 2_000);
  };
  return (
    <span class="copyable">
      <button
        type="button"
        class="value"
        title={`${visibleText(text)}, click to copy`}
        onClick={() => void copy()}
      >
        {visibleText(shown)}
      </button>
      <span class="hint" role="status">
        {said.value}
      </span>
    </span>
  );
}

/** Copies a text. Browsers offer the clipboard only to secure contexts; elsewhere a selection is copied. */
async function copyText(text: string): Promise<boolean> {
  if (globalThis.isSecureContext)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

/** Offers a text as a file. */
export function download(name: string, text: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
