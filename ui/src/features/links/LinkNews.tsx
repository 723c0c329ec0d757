// Tells when something came of a link, on whatever page one is: clients act in their own browser, at their own time.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { said } from "../../components/said";
import { linksQuery } from "./queries";

const NEWEST = 50;
// What was done long ago is news to the log only, as after the first filling.
const RECENT_MS = 60 * 60_000;

export function LinkNews({ workspace }: { workspace: string }) {
  const rows = useQuery(linksQuery(workspace, null, 0, NEWEST)).data?.rows;
  const told = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!rows) return;
    const before = told.current;
    told.current = new Set(rows.filter(({ outcome }) => outcome !== null).map(({ id }) => id));
    if (before === null) return;
    for (const { id, client_name: name, what, outcome } of rows) {
      if (outcome === null || before.has(id)) continue;
      if (Date.now() - Date.parse(outcome.at) < RECENT_MS) {
        said(`${name}: ${what}`, outcome.sentence);
      }
    }
  }, [rows]);
  return null;
}
