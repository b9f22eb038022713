/** Asks the user which worker to trust, if neither the page's address nor its server specifies one. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Trust } from "./trust.ts";

/** Shows the form. `take` receives the policy and anchor that the user entered. */
export function TrustForm({ take }: { readonly take: (trust: Trust) => void }): JSX.Element {
  const [policy, anchor] = [useSignal(""), useSignal("")];
  return (
    <section>
      <h2>Which worker?</h2>
      <p>
        No policy is configured for this worker. Enter a policy that you trust, and the anchor that the worker
        must have been started from.
      </p>
      <form
        id="trust"
        onSubmit={(event) => {
          event.preventDefault();
          take({ policy: policy.value, anchor: anchor.value.trim(), from: "reader" });
        }}
      >
        <label class="wide">
          policy (JSON)
          <textarea
            rows={6}
            spellcheck={false}
            value={policy.value}
            onInput={(event) => (policy.value = event.currentTarget.value)}
          />
        </label>
        <label class="wide">
          anchor (hex)
          <input value={anchor.value} onInput={(event) => (anchor.value = event.currentTarget.value)} />
        </label>
        <button type="submit">verify the worker</button>
      </form>
    </section>
  );
}
