// What has to be known of files that could not be read: on every page, and on the one of a computer without a workspace.
import { Alert } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { deskQuery } from "../../ipc/desk";

export function Notices() {
  const { notices } = useSuspenseQuery(deskQuery).data;
  return notices.map((notice) => (
    <Alert key={notice} role="alert" color="orange" radius={0} style={{ overflowWrap: "anywhere" }}>
      {notice}
    </Alert>
  ));
}
