// How the tests reach the simulator.
//
// STRIPE_SIM_URL (the simulator, or a proxy in front of it), STRIPE_SIM_SECRET_KEY,
// STRIPE_SIM_RESTRICTED_KEY and STRIPE_SIM_CONTROL_URL come from the simulator's JSON line.
import assert from 'node:assert/strict';
import Stripe from 'stripe';

export const env = name => {
  const value = process.env[name];
  assert.ok(value, `set ${name}: start stripe-sim and take it from the JSON line that it prints`);
  return value;
};
const base = new URL(env('STRIPE_SIM_URL'));
export const client = key =>
  new Stripe(key, {
    host: base.hostname,
    port: base.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
export const stripe = client(env('STRIPE_SIM_SECRET_KEY'));

export const control = async (path, body) => {
  const answer = await fetch(`${env('STRIPE_SIM_CONTROL_URL')}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.text());
};

export const all = async list => {
  const found = [];
  for await (const object of list) found.push(object);
  return found;
};

/** Newest first, and no object twice. */
export const inOrder = objects => {
  assert.equal(new Set(objects.map(object => object.id)).size, objects.length);
  objects.slice(1).forEach((object, i) => assert.ok(object.created <= objects[i].created));
};

/** The error of a call that must be refused. */
export const refused = async (call, status, code) => {
  const error = await call.then(() => assert.fail('was not refused'), error => error);
  assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
  assert.match(error.requestId, /^req_/);
  return error;
};

/** What the events since `before` say, oldest first: types of the objects that `ids` name. */
export const told = async (before, ...ids) => {
  const events = await all(stripe.events.list({ ending_before: before.id, limit: 100 }));
  return events.filter(e => ids.length === 0 || ids.includes(e.data.object.id)).map(e => e.type);
};

export const newestEvent = async () => (await stripe.events.list({ limit: 1 })).data[0];
