// Says who sits at this computer.
import { useAction } from "../../components/useAction";
import { commands } from "../../ipc/bindings";

export const useSetStaff = (onSuccess: () => void) =>
  useAction({
    mutationFn: ({ name, email }: { name: string; email: string | null }) =>
      commands.setStaff(name, email),
    meta: { failureTitle: "Your name was not saved", fields: ["name", "email"] },
    onSuccess,
  });
