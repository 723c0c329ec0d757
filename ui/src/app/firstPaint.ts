// Tells Rust, once, that the first useful screen has been painted: two frames after it entered the page.
import { commands } from "../ipc/bindings";

let told = false;

export function tellFirstPaint() {
  if (told) return;
  told = true;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      void commands.firstPaint();
    }),
  );
}
