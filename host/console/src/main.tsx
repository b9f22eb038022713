/** Starts the page. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { resumeCommands } from "./session/commands.ts";
import { verified, watchWorker } from "./session/session.ts";
import "./style.css";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
const stop = effect(() => {
  if (verified.value === undefined) return;
  const worker = verified.value;
  queueMicrotask(() => {
    stop();
    resumeCommands(worker);
  });
});
void watchWorker();
