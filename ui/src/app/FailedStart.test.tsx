// A start that failed says why, without anything of Rust.
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { FailedStart } from "./FailedStart";

test("it says what failed and what to do", () => {
  render(<FailedStart nonce={undefined} why="The log /x could not be opened." />);
  expect(screen.getByText("Portico could not start")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent(
    "The log /x could not be opened.Nothing was changed.",
  );
});
