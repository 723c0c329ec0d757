// The plans that clients may change to: prices under their products, those that cannot be offered with the reason.
import { Checkbox, Fieldset, Group, Input, NumberInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { ProductChoice } from "../../../ipc/bindings";
import { choicesQuery } from "../../../ipc/reads";
import styles from "./Studio.module.css";
import type { Offered } from "./settings";

interface Props {
  workspace: string;
  description: ReactNode;
  error: ReactNode;
  value: Offered[];
  onChange: (value: Offered[]) => void;
}

/** More are found by typing; a catalogue may have hundreds. */
const SHOWN = 30;

export function ProductsPicker({ workspace, value, onChange, ...said }: Props) {
  const [search, setSearch] = useState("");
  const known = useQuery(choicesQuery(workspace)).data?.products ?? [];
  const gone = value
    .filter(({ product }) => !known.some(({ id }) => id === product))
    .map(({ product, prices }) => unknown(product, prices));
  const offered = (id: string) => value.find(({ product }) => product === id);
  const wanted = search.trim().toLowerCase();
  const products = [...gone, ...known].filter(
    ({ id, name, active }) =>
      offered(id) !== undefined || (active && name.toLowerCase().includes(wanted)),
  );

  function set(id: string, change: Partial<Offered>) {
    const now = offered(id) ?? {
      product: id,
      prices: [],
      adjustable_quantity: false,
      minimum: null,
      maximum: null,
    };
    const next = { ...now, ...change };
    const others = value.filter(({ product }) => product !== id);
    // A product without a price is not offered.
    if (next.prices.length === 0) onChange(others);
    else if (others.length === value.length) onChange([...value, next]);
    else onChange(value.map((each) => (each.product === id ? next : each)));
  }

  return (
    <Input.Wrapper label="Plans to choose from" labelElement="div" {...said}>
      {known.length > SHOWN && (
        <TextInput
          mt={6}
          type="search"
          size="xs"
          aria-label="Search products"
          placeholder="Search products"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <div className={styles["products"]}>
        {products.slice(0, SHOWN + value.length).map((product) => (
          <Product
            key={product.id}
            product={product}
            offered={offered(product.id)}
            onChange={(change) => set(product.id, change)}
          />
        ))}
      </div>
      {products.length === 0 && (
        <Text size="xs" c="dimmed" mt={6}>
          {wanted ? `No product is called “${search}”.` : "There is no product in Stripe yet."}
        </Text>
      )}
    </Input.Wrapper>
  );
}

/** What settings offer and the catalogue no longer has: shown, so that it can be taken away. */
const unknown = (id: string, prices: string[]): ProductChoice => ({
  id,
  name: id,
  active: false,
  prices: prices.map((price) => ({
    id: price,
    words: price,
    currency: "",
    active: false,
    switchable: false,
    because: "It is not in this workspace.",
  })),
});

interface ProductProps {
  product: ProductChoice;
  offered: Offered | undefined;
  onChange: (change: Partial<Offered>) => void;
}

function Product({ product: { name, prices, active }, offered, onChange }: ProductProps) {
  const chosen = offered?.prices ?? [];
  const pick = (id: string, on: boolean) =>
    onChange({ prices: on ? [...chosen, id] : chosen.filter((each) => each !== id) });
  return (
    <Fieldset legend={active ? name : `${name} (archived)`} p="xs">
      {prices.map(({ id, words, switchable, because }) => (
        <Checkbox
          key={id}
          mt={4}
          label={words}
          description={because ?? undefined}
          disabled={!switchable && !chosen.includes(id)}
          checked={chosen.includes(id)}
          onChange={(event) => pick(id, event.currentTarget.checked)}
        />
      ))}
      {offered && (
        <Group gap="sm" mt="xs">
          <Checkbox
            label="Quantity can be changed"
            checked={offered.adjustable_quantity}
            onChange={(event) => onChange({ adjustable_quantity: event.currentTarget.checked })}
          />
          {offered.adjustable_quantity &&
            (["minimum", "maximum"] as const).map((limit) => (
              <NumberInput
                key={limit}
                size="xs"
                w="6rem"
                aria-label={`${limit === "minimum" ? "Least" : "Most"} of ${name}`}
                placeholder={limit === "minimum" ? "at least" : "at most"}
                min={0}
                allowDecimal={false}
                value={offered[limit] ?? ""}
                onChange={(value) =>
                  onChange({ [limit]: typeof value === "number" ? value : null })
                }
              />
            ))}
        </Group>
      )}
    </Fieldset>
  );
}
