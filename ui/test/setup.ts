// Gives jsdom the browser parts that Mantine and the virtualiser ask for, and a clean window per test.
import "@testing-library/jest-dom/vitest";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
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

// The virtualiser measures its scroll area: without a size it draws no rows at all.
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { get: () => 640 },
  clientWidth: { get: () => 1024 },
});

afterEach(() => {
  cleanup();
  clearMocks();
  localStorage.clear();
  sessionStorage.clear();
  window.location.hash = "";
});
