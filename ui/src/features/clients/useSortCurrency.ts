// Amounts sort within one currency: the chosen one, or the most frequent until one is chosen.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { byAmount } from "./columns";
import { clientFiltersQuery, type ListQuestion } from "./queries";

export function useSortCurrency(workspace: string, question: ListQuestion): ListQuestion {
  const frequent = useQuery(clientFiltersQuery(workspace)).data?.currencies[0] ?? null;
  return useMemo(
    () =>
      byAmount.includes(question.sort)
        ? { ...question, currency: question.currency ?? frequent }
        : { ...question, currency: null },
    [question, frequent],
  );
}
