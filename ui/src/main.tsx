// Starts the window's page: theme, cache, router.
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app/global.css";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, openConsole } from "./app/App";
import { FailedStart } from "./app/FailedStart";

const failed = window.porticoFailed;
// The browser hides the nonce attribute after parsing; only the property still has it.
const nonce = document.querySelector("style")?.nonce;
// Mantine's dialogs lock scrolling through a package that asks this one.
if (nonce) setNonce(nonce);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    {failed === undefined ? (
      <App nonce={nonce || undefined} opened={openConsole()} />
    ) : (
      <FailedStart nonce={nonce || undefined} why={failed} />
    )}
  </StrictMode>,
);
