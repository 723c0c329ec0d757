// The freshness mark of the frame, which leads to the page that explains it.
import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { FreshnessMark, FreshnessTip } from "../features/sync/FreshnessMark";
import styles from "./FreshnessLink.module.css";

export function FreshnessLink({ workspace }: { workspace: string }) {
  return (
    <FreshnessTip workspace={workspace}>
      <Link to="/w/$workspace/sync" params={{ workspace }} className={styles["link"] ?? ""}>
        <VisuallyHidden component="span">Sync health:</VisuallyHidden>{" "}
        <FreshnessMark workspace={workspace} />
      </Link>
    </FreshnessTip>
  );
}
