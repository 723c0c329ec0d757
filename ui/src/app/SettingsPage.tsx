// Settings: this workspace's first, then this computer's.
import { Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Page } from "../components/Page";
import { Section } from "../components/Section";
import { BackupsSection } from "../features/backups/BackupsSection";
import { DiagnosticsSection } from "../features/desk/DiagnosticsSection";
import { ThemeSection } from "../features/desk/ThemeSection";
import { StaffSection } from "../features/staff/StaffSection";
import { LiveWireSection } from "../features/wire/LiveWireSection";
import { BeginAgainSection } from "../features/workspaces/BeginAgainSection";
import { KeySection } from "../features/workspaces/KeySection";
import { RemoveSection } from "../features/workspaces/RemoveSection";
import { TimeZoneSection } from "../features/workspaces/TimeZoneSection";
import { deskQuery } from "../ipc/desk";
import styles from "./SettingsPage.module.css";
import { ShortcutTable } from "./shortcuts";

export function SettingsPage() {
  const { workspace: id } = useParams({ from: "/w/$workspace/settings" });
  const desk = useSuspenseQuery(deskQuery).data;
  const navigate = useNavigate();
  const workspace = desk.workspaces.find((each) => each.id === id);
  return (
    <Page title="Settings" width="54rem">
      {workspace && (
        <div className={styles["part"]}>
          <Title order={2} className={styles["title"] ?? ""}>
            {workspace.name}
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            {workspace.account}
            {workspace.api_base && ` at ${workspace.api_base}`}, in {workspace.folder}
          </Text>
          <KeySection
            workspace={id}
            demo={workspace.demo}
            onReplace={() => void navigate({ to: "/connect", search: { replace: id } })}
          />
          {!workspace.demo && (
            <LiveWireSection workspace={id} onSecretSent={() => window.location.reload()} />
          )}
          <TimeZoneSection workspace={workspace} />
          <BackupsSection workspace={id} />
          {workspace.demo && <BeginAgainSection />}
          <RemoveSection workspace={workspace} onRemoved={() => void navigate({ to: "/" })} />
        </div>
      )}
      <div className={styles["part"]}>
        <Title order={2} className={styles["title"] ?? ""}>
          This computer
        </Title>
        <StaffSection staff={desk.staff} />
        <ThemeSection theme={desk.settings.theme ?? "system"} />
        <DiagnosticsSection desk={desk} />
        <Section title="Keyboard">
          <ShortcutTable />
        </Section>
      </div>
    </Page>
  );
}
