// Reads a long list in pages around what is in view, and keeps the old answer on screen until the new one is there.
import { type QueryKey, type UseQueryOptions, useQueries } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

/** So many rows are read at a time. */
export const PAGE = 100;

const pageOf = (row: number) => Math.floor(row / PAGE);

interface Page {
  rows: unknown[];
  total: number;
}

interface Answer<P extends Page> {
  question: string;
  total: number;
  row: (index: number) => P["rows"][number] | undefined;
  /** One of the pages read, for what it says about the whole list. */
  page: P;
}

/**
 * `question` names search, sort and filters together; `page` reads one window of its answer.
 * `start` is the first row in view when coming back to a remembered place.
 */
export function usePagedRows<P extends Page, Key extends QueryKey>(
  question: string,
  page: (offset: number, limit: number) => UseQueryOptions<P, Error, P, Key>,
  start = 0,
) {
  // In pages: most steps of scrolling stay within those that are there, and draw nothing around the list anew.
  const [view, setView] = useState({ question, first: pageOf(start), last: pageOf(start) });
  const { first, last } = view.question === question ? view : { first: 0, last: 0 };
  const pages = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const results = useQueries({ queries: pages.map((index) => page(index * PAGE, PAGE)) });
  const latest = useRef<Answer<P> | undefined>(undefined);

  const head =
    results.find((result) => result.data)?.data ??
    // Far from every page read so far, the list is still as long as it was.
    (latest.current?.question === question ? latest.current.page : undefined);
  const answer: Answer<P> | undefined = head && {
    question,
    total: head.total,
    row: (index) => results[pageOf(index) - first]?.data?.rows[index % PAGE],
    page: head,
  };

  useEffect(() => {
    if (answer) latest.current = answer;
  });

  const onRange = useCallback(
    (from: number, to: number) =>
      setView((before) => {
        const next = { question, first: pageOf(from), last: pageOf(to) };
        const same =
          before.question === question && before.first === next.first && before.last === next.last;
        return same ? before : next;
      }),
    [question],
  );

  return {
    shown: answer ?? latest.current,
    /** The rows on screen answer an older question. */
    stale: answer === undefined && latest.current !== undefined,
    error: results.find((result) => result.isError)?.error,
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
    onRange,
  };
}
