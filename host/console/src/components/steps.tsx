/** Shows the life of a command as steps. */
import type { JSX } from "preact";
import { linkTo } from "../route.ts";
import { type CommandStep, commandSteps, type OwnCommand } from "../session/commands.ts";
import { Badge, Foreign } from "./basics.tsx";

const meanings: Readonly<Record<CommandStep, string>> = {
  sealed: "Sealed to the worker's key",
  sent: "Sent to the chain",
  final: "Final on the chain",
  executed: "Executed by the worker",
};

/** How far a command is with one of its steps. */
export type StepState = "done" | "now" | "failed" | "open";

/** The state of each step of a command. */
export function stepStates({
  reached,
  failure,
  status,
}: OwnCommand): readonly (readonly [CommandStep, StepState])[] {
  const last = reached === "begun" ? -1 : commandSteps.indexOf(reached);
  return commandSteps.map((step, at) => {
    if (at <= last) return [step, step === "executed" && status !== "Ok" ? "failed" : "done"];
    if (at > last + 1) return [step, "open"];
    return [step, failure === "" ? "now" : "failed"];
  });
}

const words: Readonly<Record<StepState, string>> = {
  done: "done",
  now: "in progress",
  failed: "failed",
  open: "not yet",
};

/** The steps of a command, the block that contains it, and how it ended. */
export function Steps({ command }: { readonly command: OwnCommand }): JSX.Element {
  return (
    <div class="command" aria-live="polite">
      <ol class="steps">
        {stepStates(command).map(([step, state]) => (
          <li key={step} class={state}>
            {meanings[step]} <span class="visually-hidden">({words[state]})</span>
            {step === "final" && command.blockNumber > 0 && (
              <a href={linkTo("explorer", { find: String(command.blockNumber) })}>
                block {command.blockNumber}
              </a>
            )}
          </li>
        ))}
      </ol>
      {command.status !== "" && (
        <Badge tone={command.status === "Ok" ? "good" : "bad"} text={command.status} />
      )}
      {command.failure !== "" && (
        <p class="wrong" role="alert">
          <Foreign text={command.failure} />
        </p>
      )}
    </div>
  );
}
