// A table of 100,000 rows draws a screenful, walks by keys, and says where it is.
import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { show } from "../../test/render";
import { type Column, VirtualTable } from "./VirtualTable";

interface Row {
  id: string;
  name: string;
}

const columns: Column<Row, "name">[] = [
  { key: "name", title: "Name", width: "1fr", sort: "name", cell: (row) => row.name },
  { key: "id", title: "Id", width: "8rem", cell: (row) => row.id },
];

function table(extra: Partial<Parameters<typeof VirtualTable<Row, "name">>[0]> = {}) {
  return (
    <VirtualTable<Row, "name">
      label="Planets"
      columns={columns}
      count={100_000}
      row={(index) => ({ id: `p${index}`, name: `Planet ${index}` })}
      rowId={(row) => row.id}
      {...extra}
    />
  );
}

const activeRow = () => {
  const id = screen.getByRole("grid").getAttribute("aria-activedescendant");
  return document.getElementById(id ?? "")?.getAttribute("data-row-id");
};

test("only what fits is in the document, and the whole size is announced", () => {
  show(table());
  expect(screen.getByRole("grid", { name: "Planets" })).toHaveAttribute("aria-rowcount", "100001");
  const drawn = screen.getAllByRole("row").length;
  expect(drawn).toBeGreaterThan(10);
  expect(drawn).toBeLessThan(60);
});

test("arrows and j/k walk, Enter opens, other keys act on the active row", async () => {
  const onOpen = vi.fn();
  const o = vi.fn();
  const { user } = show(table({ onOpen, keys: { o } }));
  await user.click(screen.getByRole("columnheader", { name: "Id" }));
  screen.getByRole("grid").focus();
  await user.keyboard("{ArrowDown}jjk");
  expect(activeRow()).toBe("p2");
  await user.keyboard("{Enter}o");
  expect(onOpen).toHaveBeenCalledWith({ id: "p2", name: "Planet 2" });
  expect(o).toHaveBeenCalledTimes(1);
  await user.keyboard("{Home}{ArrowUp}");
  expect(activeRow()).toBe("p0");
});

test("a header sorts and says its direction", async () => {
  const onSort = vi.fn();
  const { user } = show(table({ onSort, sort: { by: "name", descending: true } }));
  const header = screen.getByRole("columnheader", { name: "Name" });
  expect(header).toHaveAttribute("aria-sort", "descending");
  await user.click(screen.getByRole("button", { name: "Name" }));
  expect(onSort).toHaveBeenCalledWith("name");
});

test("rows still being read keep their place", () => {
  show(table({ row: () => undefined, count: 5 }));
  expect(screen.getAllByRole("row")).toHaveLength(6);
  expect(screen.queryByText("Planet 1")).toBeNull();
});

test("it tells which rows are in view", () => {
  const onRange = vi.fn();
  show(table({ onRange }));
  expect(onRange).toHaveBeenCalledWith(0, expect.any(Number));
  expect(onRange.mock.lastCall?.[1]).toBeGreaterThan(10);
});
