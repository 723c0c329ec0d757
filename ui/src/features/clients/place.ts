// Where one was in a workspace's list of clients, kept while the window lives.
import type { Place } from "../../components/VirtualTable";
import type { ListQuestion } from "./queries";

export interface ListPlace extends Place {
  question: ListQuestion;
}

// Session storage: it outlives a reload and never reaches the disk, where search words do not belong.
const key = (workspace: string) => `clients/${workspace}`;

export function recallPlace(workspace: string): ListPlace | undefined {
  const stored = sessionStorage.getItem(key(workspace));
  return stored === null ? undefined : (JSON.parse(stored) as ListPlace);
}

export function rememberPlace(workspace: string, place: ListPlace) {
  sessionStorage.setItem(key(workspace), JSON.stringify(place));
}
