// A grid that stays quick with 100,000 rows: only what is on screen exists, and arrows or j/k walk it.
// biome-ignore-all lint/a11y/useSemanticElements: rows are placed absolutely, which table rows cannot be.
import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import styles from "./VirtualTable.module.css";

export interface Column<Row, Sort extends string = string> {
  key: string;
  title: string;
  /** A CSS grid track such as `minmax(8rem, 1fr)`. */
  width: string;
  align?: "start" | "end";
  /** Set where the header sorts. */
  sort?: Sort;
  /** Read instead of an empty title, for columns of buttons. */
  label?: string;
  cell: (row: Row) => ReactNode;
}

export interface Place {
  offset: number;
  active: number;
}

interface Props<Row, Sort extends string> {
  label: string;
  /** Names the list; when it changes, the table starts at the top again. */
  list?: string;
  columns: readonly Column<Row, Sort>[];
  count: number;
  /** `undefined` while that row is still being read. */
  row: (index: number) => Row | undefined;
  rowId: (row: Row) => string;
  rowLabel?: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** Keys that act on the active row, besides Enter. */
  keys?: Record<string, (row: Row) => void>;
  sort?: { by: Sort; descending: boolean };
  onSort?: (by: Sort) => void;
  /** Told which rows are in view, so that they can be read. */
  onRange?: (first: number, last: number) => void;
  initial?: Place;
  onPlace?: (place: Place) => void;
  minWidth?: string;
  rowHeight?: number;
  /** The rows shown belong to the previous question; dims them. */
  stale?: boolean;
  /** What the page is about: takes the focus when the page opens, so that its keys work at once. */
  main?: boolean;
}

export function VirtualTable<Row, Sort extends string = string>({
  label,
  list = "",
  columns,
  count,
  row: rowAt,
  rowId,
  rowLabel,
  onOpen,
  keys,
  sort,
  onSort,
  onRange,
  initial,
  onPlace,
  minWidth = "0",
  rowHeight = 40,
  stale = false,
  main = false,
}: Props<Row, Sort>) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(initial?.active ?? 0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialOffset: initial?.offset ?? 0,
    // Until it is measured: drawn without rows first, the page would be laid out twice.
    initialRect: { width: 0, height: window.innerHeight },
    // The sticky header covers the top of the scroll area.
    scrollPaddingStart: 36,
  });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const current = Math.min(active, Math.max(0, count - 1));

  // Another list starts at its top.
  const listed = useRef(list);
  useEffect(() => {
    if (listed.current === list) {
      onRange?.(first, last);
    } else {
      listed.current = list;
      setActive(0);
      frame.current?.scrollTo({ top: 0 });
      onRange?.(0, last - first);
    }
  }, [list, onRange, first, last]);

  useEffect(() => {
    if (main && document.activeElement === document.body) {
      frame.current?.focus({ preventScroll: true });
    }
  }, [main]);

  const place = () => onPlace?.({ offset: frame.current?.scrollTop ?? 0, active: current });

  function moveTo(index: number) {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    rows.scrollToIndex(next, { align: "auto" });
    onPlace?.({ offset: frame.current?.scrollTop ?? 0, active: next });
  }

  function onKeyDown(event: KeyboardEvent) {
    // Buttons and menus inside a row keep their own keys.
    if (event.target !== frame.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      j: current + 1,
      ArrowUp: current - 1,
      k: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: count - 1,
    };
    const target = moves[event.key];
    const selected = rowAt(current);
    if (target !== undefined) {
      moveTo(target);
    } else if (event.key === "Enter" && selected && onOpen) {
      place();
      onOpen(selected);
    } else if (selected && keys?.[event.key]) {
      keys[event.key]?.(selected);
    } else {
      return;
    }
    event.preventDefault();
  }

  function pick(index: number) {
    setActive(index);
    onPlace?.({ offset: frame.current?.scrollTop ?? 0, active: index });
    const row = rowAt(index);
    if (row !== undefined) onOpen?.(row);
  }
  const latestPick = useRef(pick);
  useEffect(() => {
    latestPick.current = pick;
  });
  const onPick = useCallback((index: number) => latestPick.current(index), []);

  const tracks = {
    "--columns": columns.map((column) => column.width).join(" "),
    "--min-width": minWidth,
  } as CSSProperties;

  return (
    <div
      ref={frame}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={
        items.some(({ index }) => index === current) ? `${id}-${current}` : undefined
      }
      aria-busy={stale}
      data-main={main || undefined}
      tabIndex={0}
      className={`${styles["frame"]} ${stale ? styles["stale"] : ""}`}
      style={tracks}
      onKeyDown={onKeyDown}
      onScroll={place}
    >
      <div role="row" aria-rowindex={1} className={styles["header"]} tabIndex={-1}>
        {columns.map((column) => (
          <Head key={column.key} column={column} sort={sort} onSort={onSort} />
        ))}
      </div>
      <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {items.map(({ key, index, start, size }) => {
          const row = rowAt(index);
          return (
            <TableRow
              key={key}
              id={`${id}-${index}`}
              index={index}
              start={start}
              size={size}
              active={index === current}
              row={row}
              rowId={row && rowId(row)}
              label={row && rowLabel?.(row)}
              columns={columns}
              openable={row !== undefined && onOpen !== undefined}
              onPick={onPick}
            />
          );
        })}
      </div>
    </div>
  );
}

interface TableRowProps<Row, Sort extends string> {
  id: string;
  index: number;
  start: number;
  size: number;
  active: boolean;
  row: Row | undefined;
  rowId: string | undefined;
  label: string | undefined;
  columns: readonly Column<Row, Sort>[];
  openable: boolean;
  onPick: (index: number) => void;
}

// Scrolling draws the rows that come into view; the others stay as they are.
const TableRow = memo(function TableRow<Row, Sort extends string>(props: TableRowProps<Row, Sort>) {
  const { row, index } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself handles Enter for its active row.
    <div
      id={props.id}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={props.active}
      aria-label={props.label}
      data-active={props.active || undefined}
      data-openable={props.openable || undefined}
      data-row-id={props.rowId}
      className={styles["row"]}
      style={{ height: props.size, transform: `translateY(${props.start}px)` }}
      onClick={() => props.onPick(index)}
    >
      {props.columns.map((column) => (
        <div
          key={column.key}
          role="gridcell"
          tabIndex={-1}
          className={column.align === "end" ? styles["cellEnd"] : styles["cell"]}
        >
          {row === undefined ? <span className={styles["waiting"]} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <Row, Sort extends string>(props: TableRowProps<Row, Sort>) => ReactNode;

function Head<Row, Sort extends string>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row, Sort>;
  sort: Props<Row, Sort>["sort"];
  onSort: Props<Row, Sort>["onSort"];
}) {
  const sorted = column.sort !== undefined && sort?.by === column.sort;
  const direction = sort?.descending ? "descending" : "ascending";
  const Arrow = sorted && sort.descending ? IconArrowDown : IconArrowUp;
  const by = column.sort;
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-label={column.label ?? column.title}
      aria-sort={by === undefined ? undefined : sorted ? direction : "none"}
      className={column.align === "end" ? styles["headEnd"] : styles["head"]}
    >
      {by === undefined || !onSort ? (
        column.title
      ) : (
        <UnstyledButton
          className={`${styles["sort"]} ${sorted ? styles["sorted"] : ""}`}
          onClick={() => onSort(by)}
        >
          {column.title}
          <Arrow
            size={12}
            className={styles["arrow"]}
            data-idle={sorted ? undefined : true}
            aria-hidden
          />
        </UnstyledButton>
      )}
    </div>
  );
}
