// The loud line above every page of a workspace that is not live.
import { IconFlask } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { workspaceQuery } from "../../ipc/desk";
import styles from "./ModeBanner.module.css";
import { modeOf } from "./mode";

export function ModeBanner({ workspace }: { workspace: string }) {
  const summary = useQuery(workspaceQuery(workspace)).data;
  const banner = summary && modeOf(summary).banner;
  if (!banner) return null;
  return (
    <aside
      aria-label="Mode"
      className={`${styles["banner"]} ${summary.demo ? styles["demo"] : ""}`}
    >
      <IconFlask size={14} aria-hidden />
      {banner}
    </aside>
  );
}
