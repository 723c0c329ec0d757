// Where the key is to rest: the system's keychain, or a file that a passphrase opens.
import { PasswordInput, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { errorAt } from "../../components/fields";
import type { KeepKeyIn, SecretStoreKind, StoreChoice } from "../../ipc/bindings";

const labels: Record<SecretStoreKind, string> = {
  keychain: "The system's keychain",
  file: "A file protected by a passphrase",
  memory: "Only until Portico closes",
};

/** The inputs of a form; `keepFrom` reads them when it is sent. */
export function KeepKey({ stores, error }: { stores: StoreChoice[]; error: unknown }) {
  const [store, setStore] = useState<string>(stores.find(({ usable }) => usable)?.store ?? "file");
  return (
    <Stack gap="sm">
      <Radio.Group label="Keep the key in" name="store" value={store} onChange={setStore}>
        <Stack gap={6} mt={4}>
          {stores.map((choice) => (
            <Radio
              key={choice.store}
              size="xs"
              value={choice.store}
              label={labels[choice.store]}
              description={choice.message}
              disabled={!choice.usable}
            />
          ))}
        </Stack>
      </Radio.Group>
      {store === "file" && (
        <PasswordInput
          name="passphrase"
          label="Passphrase"
          description="Asked for once at each start. Nobody can recover it; without it, enter the key anew."
          autoComplete="new-password"
          error={errorAt(error, "passphrase")}
        />
      )}
    </Stack>
  );
}

export function keepFrom(form: FormData): KeepKeyIn {
  // Not trimmed: spaces at the ends belong to a passphrase.
  return form.get("store") === "keychain"
    ? { store: "keychain" }
    : { store: "file", passphrase: String(form.get("passphrase") ?? "") };
}
