// Gives jsdom the browser parts that Mantine and the virtualiser ask for, and a clean window per test.
import "@testing-library/jest-dom/vitest";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

configure({ asyncUtilTimeout: 16_000 });

vi.stubGlobal("matchMedia", (query: string) => ({
  // Without motion a dialog is there, or gone, at once.
  matches: query.includes("reduced-motion"),
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));

class ResizeObserverStub {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", ResizeObserverStub);
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
window.scrollTo = () => undefined;

// The virtualiser measures its scroll area: without a size it draws no rows at all.
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { get: () => 240 },
  clientWidth: { get: () => 1024 },
});

// Menus hide when what they hang on is out of view, which in jsdom everything without a place is.
Element.prototype.getBoundingClientRect = () => new DOMRect(100, 100, 200, 20);

// Text areas that grow listen for late fonts.
Object.defineProperty(document, "fonts", { value: new EventTarget() });

afterEach(async () => {
  cleanup();
  // What was begun still speaks to Rust: two frames after a first paint, and when it stops listening.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await new Promise(setImmediate);
  clearMocks();
  localStorage.clear();
  sessionStorage.clear();
  window.location.hash = "";
});
