// The frame of the portal's pages: settings, rules, and what clients may do by them, with the reminder to look again.
import { Alert, Tabs } from "@mantine/core";
import { IconCalendarDue } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Page } from "../../components/Page";
import { calendarDate } from "../../format";
import styles from "./Portal.module.css";
import { policyQuery } from "./queries";

export type PortalTab = "settings" | "rules" | "matrix";

const tabs: { value: PortalTab; label: string }[] = [
  { value: "settings", label: "Settings" },
  { value: "rules", label: "Rules" },
  { value: "matrix", label: "What clients may do" },
];

interface Props {
  workspace: string;
  tab: PortalTab;
  onTab: (tab: PortalTab) => void;
  children: ReactNode;
}

export function PortalFrame({ workspace, tab, onTab, children }: Props) {
  const policy = useQuery(policyQuery(workspace)).data;
  return (
    <Page title="Portal" width="70rem">
      {policy?.review_overdue && (
        <Alert
          mb="md"
          color="yellow"
          icon={<IconCalendarDue size={18} />}
          title="What clients may do should be looked at again"
        >
          {policy.review_due === null
            ? "Nobody has reviewed it yet."
            : `It was to be reviewed by ${calendarDate(policy.review_due)}.`}
        </Alert>
      )}
      <Tabs
        value={tab}
        // Walking the tabs by arrows goes nowhere until one is chosen.
        activateTabWithKeyboard={false}
        onChange={(next) => next && onTab(next as PortalTab)}
      >
        <Tabs.List className={styles["tabs"] ?? ""} aria-label="Portal">
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>{children}</Tabs.Panel>
      </Tabs>
    </Page>
  );
}
