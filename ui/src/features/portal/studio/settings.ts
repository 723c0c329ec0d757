// Portal settings as the form holds them: nothing left out, and each of Stripe's words with ours beside it.
import type { PortalSettings } from "../../../ipc/bindings";

/** The same with every part there, however deep. */
type Whole<T> = T extends readonly (infer Each)[]
  ? Whole<Each>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;

export type Settings = Whole<PortalSettings>;
export type Offered = Settings["update"]["products"][number];
export type Duration = Settings["pause"]["durations"][number];
export type Feature = "customer_update" | "payment_method_update" | "cancel" | "pause" | "update";

/** What is left out is as Stripe has it when nothing is said. */
export function whole(settings: PortalSettings): Settings {
  return {
    name: "",
    headline: "",
    privacy_policy_url: "",
    terms_of_service_url: "",
    default_return_url: "",
    login_page: false,
    invoice_history: false,
    metadata: {},
    ...settings,
    customer_update: { enabled: false, allowed: [], ...settings.customer_update },
    payment_method_update: {
      enabled: false,
      configuration: null,
      ...settings.payment_method_update,
    },
    cancel: {
      enabled: false,
      immediately: false,
      proration: "none",
      ask_reason: false,
      reasons: [],
      ...settings.cancel,
    },
    pause: { enabled: false, indefinite: false, durations: [], ...settings.pause },
    update: {
      enabled: false,
      allowed: [],
      proration: "none",
      billing_cycle_anchor: "unchanged",
      at_period_end: [],
      trial: "end_trial",
      ...settings.update,
      products: (settings.update?.products ?? []).map((each) => ({
        product: "",
        prices: [],
        adjustable_quantity: false,
        minimum: null,
        maximum: null,
        ...each,
      })),
    },
  };
}

interface Choice {
  value: string;
  label: string;
}

const choices = (words: Record<string, string>): Choice[] =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

export const updatable = choices({
  name: "Name",
  email: "Email",
  address: "Billing address",
  shipping: "Shipping address",
  phone: "Phone",
  tax_id: "Tax ID",
});

export const reasons = choices({
  too_expensive: "It's too expensive",
  missing_features: "Features are missing",
  switched_service: "Switched to another service",
  unused: "Not used enough",
  customer_service: "The service was not good",
  too_complex: "It's too complex",
  low_quality: "The quality was not good",
  other: "Another reason",
});

export const cancelProrations = choices({
  none: "Nothing is paid back",
  create_prorations: "Unused time becomes credit",
});

export const changes = choices({
  price: "Change the plan",
  quantity: "Change the quantity",
  promotion_code: "Enter a promotion code",
});

export const updateProrations = choices({
  none: "Nothing is settled",
  create_prorations: "On the next invoice",
  always_invoice: "At once, on an invoice of its own",
});

export const anchors = choices({
  unchanged: "Stays as it is",
  now: "Begins anew with the change",
});

export const atPeriodEnd = choices({
  decreasing_item_amount: "Changes to a lower amount",
  shortening_interval: "Changes to a shorter interval",
});

export const trials = choices({
  end_trial: "Ends with the change",
  continue_trial: "Goes on after it",
});

export const intervals = choices({ day: "days", week: "weeks", month: "months", year: "years" });
