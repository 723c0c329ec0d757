// A mutation behind a button or a key: while it runs for the same thing, asking again does nothing.
import { type UseMutationOptions, useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

interface Options<Data, Input>
  extends Omit<UseMutationOptions<Data, Error, Input>, "mutationFn" | "meta"> {
  mutationFn: (input: Input) => Promise<Data>;
  meta: NonNullable<UseMutationOptions["meta"]>;
  /** What makes two calls the same; by default all calls are. */
  sameThing?: (input: Input) => string;
}

export function useAction<Data, Input = void>({
  mutationFn,
  sameThing = () => "",
  ...options
}: Options<Data, Input>) {
  // State lags a render behind a fast double click, a ref does not.
  const running = useRef(new Set<string>());
  const {
    mutate,
    mutateAsync: _,
    ...mutation
  } = useMutation<Data, Error, Input>({
    ...options,
    mutationFn: (input) =>
      mutationFn(input).finally(() => running.current.delete(sameThing(input))),
  });

  const latestThing = useRef(sameThing);
  useEffect(() => {
    latestThing.current = sameThing;
  });
  // The same function each time: rows of a list are drawn again for a new one.
  const run = useCallback(
    (input: Input) => {
      const thing = latestThing.current(input);
      if (running.current.has(thing)) return;
      running.current.add(thing);
      mutate(input);
    },
    [mutate],
  );

  return { ...mutation, run };
}
