// Stripe's official CLI triggers events: its requests are carried out, and the event that was meant is told.
//
// Left out are the triggers whose requests this API version refuses (they send `payment_method_types`,
// `iterations`, a customer's `coupon`, a promotion code's `coupon`), those that need Stripe's own checkout page,
// and what no agency bills with (issuing, identity, Connect, quotes, plans).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { all, control, env, newestEvent, stripe } from './client.mjs';

// The core's tests look for the same in a mirror.
const TRIGGERS = JSON.parse(readFileSync(new URL('triggers.json', import.meta.url), 'utf8'));

// The CLI of npm is one package for each platform; its own package cannot be locked without all of them.
const program = fileURLToPath(new URL('node_modules/@stripe/cli-linux-x64/bin/stripe', import.meta.url));
const absent = !existsSync(program) && 'Stripe offers its CLI for this platform in another package';
let home;

before(() => {
  home = mkdtempSync(join(tmpdir(), 'stripe-cli-'));
});
after(() => rmSync(home, { recursive: true }));

const trigger = event =>
  promisify(execFile)(
    program,
    ['trigger', event, '--api-base', env('STRIPE_SIM_URL'), '--api-version', stripe.getApiField('version')],
    {
      env: {
        PATH: process.env.PATH,
        HOME: home,
        XDG_CONFIG_HOME: home,
        STRIPE_API_KEY: env('STRIPE_SIM_SECRET_KEY'),
        STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      },
    },
  );

test('each trigger is told by its event', { skip: absent }, async t => {
  // Only the Dashboard makes a configuration the default one.
  const configuration = await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
  await control(`/objects/${configuration.id}`, { is_default: true });
  for (const event of TRIGGERS) {
    await t.test(event, async () => {
      const start = await newestEvent();
      await trigger(event);
      const events = await all(stripe.events.list({ ending_before: start.id, limit: 100 }));
      assert.ok(events.some(e => e.type === event), events.map(e => e.type).join(', '));
    });
  }
});
