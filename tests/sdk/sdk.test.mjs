// Stripe's official SDK reads the simulator's population and drives customers, subscriptions and the portal.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { all, client, control, env, inOrder, refused, stripe } from './client.mjs';

let customers;
let subscriptions;
let invoices;

before(async () => {
  customers = await all(stripe.customers.list({ limit: 50 }));
  subscriptions = await all(stripe.subscriptions.list({ limit: 100, status: 'all' }));
  invoices = await all(stripe.invoices.list({ limit: 100 }));
});

test('the account', async () => {
  const account = await stripe.accounts.retrieveCurrent();
  assert.match(account.id, /^acct_/);
  assert.equal((await stripe.accounts.retrieve(account.id)).settings.dashboard.timezone, 'Europe/Berlin');
});

test('customers: pages both ways, filters, expansion', async () => {
  inOrder(customers);
  const [first, second, third] = customers;
  const newer = await stripe.customers.list({ ending_before: third.id, limit: 1 });
  assert.deepEqual([newer.data[0].id, newer.has_more], [second.id, true]);
  const older = await stripe.customers.list({ starting_after: first.id, limit: 1 });
  assert.equal(older.data[0].id, second.id);
  const middle = customers[Math.floor(customers.length / 2)].created;
  const recent = await all(stripe.customers.list({ created: { gte: middle }, limit: 100 }));
  assert.deepEqual(
    recent.map(c => c.id),
    customers.filter(c => c.created >= middle).map(c => c.id),
  );
  const known = customers.find(c => c.email);
  const same = await all(stripe.customers.list({ email: known.email }));
  assert.ok(same.some(c => c.id === known.id) && same.every(c => c.email === known.email));
  const holder = subscriptions.find(s => s.status === 'active');
  const expanded = await stripe.customers.retrieve(holder.customer, {
    expand: ['subscriptions', 'tax_ids', 'invoice_settings.default_payment_method'],
  });
  assert.ok(expanded.subscriptions.data.some(s => s.id === holder.id));
});

test('products, prices and coupons', async () => {
  const products = await all(stripe.products.list({ active: true, expand: ['data.default_price'] }));
  assert.equal((await stripe.products.retrieve(products[0].id)).name, products[0].name);
  const prices = await all(stripe.prices.list({ limit: 100, expand: ['data.tiers', 'data.product'] }));
  const tiered = prices.filter(p => p.billing_scheme === 'tiered');
  assert.deepEqual(new Set(tiered.map(p => p.tiers_mode)), new Set(['graduated', 'volume']));
  assert.ok(tiered.every(p => p.tiers.at(-1).up_to === null));
  assert.ok(prices.some(p => p.recurring?.usage_type === 'metered'));
  assert.ok(prices.some(p => p.type === 'one_time'));
  assert.ok(['jpy', 'kwd', 'isk', 'usd'].every(currency => prices.some(p => p.currency === currency)));
  assert.equal((await stripe.prices.retrieve(prices[0].id)).tiers, undefined);
  const yearly = await all(stripe.prices.list({ recurring: { interval: 'year' }, currency: 'eur', active: true }));
  assert.ok(yearly.length > 0 && yearly.every(p => p.recurring.interval === 'year' && p.currency === 'eur'));
  const coupons = await all(stripe.coupons.list());
  assert.equal((await stripe.coupons.retrieve(coupons[0].id)).id, coupons[0].id);
});

test('subscriptions: every state, items, discounts', async () => {
  const states = new Set(subscriptions.map(s => s.status));
  for (const state of [
    'active', 'trialing', 'past_due', 'unpaid', 'canceled', 'incomplete', 'incomplete_expired', 'paused',
  ]) {
    assert.ok(states.has(state), state);
    const some = await all(stripe.subscriptions.list({ status: state, limit: 100 }));
    assert.ok(some.length > 0 && some.every(s => s.status === state));
  }
  const living = await all(stripe.subscriptions.list({ limit: 100 }));
  assert.equal(living.length, subscriptions.filter(s => s.status !== 'canceled').length);
  const ended = await all(stripe.subscriptions.list({ status: 'ended', limit: 100 }));
  assert.ok(ended.every(s => ['canceled', 'incomplete_expired'].includes(s.status)));
  const expanded = await stripe.subscriptions.list({
    limit: 100,
    status: 'all',
    expand: ['data.customer', 'data.default_payment_method', 'data.latest_invoice', 'data.discounts'],
  });
  assert.ok(expanded.data.some(s => s.discounts[0]?.source.coupon));
  const [one] = expanded.data;
  const deep = await stripe.subscriptions.retrieve(one.id, {
    expand: ['items.data.price.product', 'latest_invoice', 'latest_invoice.payments'],
  });
  assert.equal(deep.items.data[0].price.product.object, 'product');
  const price = one.items.data[0].price.id;
  const sharing = await all(stripe.subscriptions.list({ price, status: 'all' }));
  assert.ok(sharing.some(s => s.id === one.id));
  const items = await all(stripe.subscriptionItems.list({ subscription: one.id }));
  assert.deepEqual(items.map(i => i.id), one.items.data.map(i => i.id));
  assert.equal((await stripe.subscriptionItems.retrieve(items[0].id)).subscription, one.id);
});

test('invoices: every status, lines, payments', async () => {
  inOrder(invoices);
  for (const status of ['draft', 'open', 'paid', 'uncollectible', 'void']) {
    const some = await all(stripe.invoices.list({ status, limit: 100 }));
    assert.ok(some.length > 0 && some.every(i => i.status === status), status);
  }
  const paid = invoices.find(i => i.status === 'paid' && i.total > 0 && i.parent);
  const lines = await all(stripe.invoices.listLineItems(paid.id, { expand: ['data.pricing.price_details.price'] }));
  assert.equal(lines.reduce((sum, line) => sum + line.amount, 0), paid.subtotal);
  const whole = await stripe.invoices.retrieve(paid.id, {
    expand: ['payments', 'customer', 'parent.subscription_details.subscription', 'discounts'],
  });
  const [payment] = await all(stripe.invoicePayments.list({ invoice: paid.id }));
  assert.deepEqual([payment.id, payment.amount_paid], [whole.payments.data[0].id, paid.total]);
  assert.equal((await stripe.invoicePayments.retrieve(payment.id, { expand: ['invoice'] })).invoice.id, paid.id);
  const now = Math.floor(Date.now() / 1000);
  const overdue = await all(stripe.invoices.list({ status: 'open', due_date: { lt: now }, limit: 100 }));
  assert.ok(overdue.length > 0 && overdue.every(i => i.collection_method === 'send_invoice'));
  const own = await all(stripe.invoices.list({ subscription: whole.parent.subscription_details.subscription.id }));
  assert.ok(own.some(i => i.id === paid.id));
  const open = invoices.find(i => i.status === 'open');
  const secret = await stripe.invoices.retrieve(open.id, { expand: ['confirmation_secret'] });
  assert.match(secret.confirmation_secret.client_secret, /^pi_/);
});

test('payment methods', async () => {
  const methods = await all(stripe.paymentMethods.list({ limit: 100, expand: ['data.customer'] }));
  assert.deepEqual(new Set(methods.map(m => m.type)), new Set(['card', 'sepa_debit']));
  const cards = await all(stripe.paymentMethods.list({ type: 'card', limit: 100 }));
  assert.equal(cards.length, methods.filter(m => m.type === 'card').length);
  const { customer } = await stripe.paymentMethods.retrieve(cards[0].id);
  const own = await all(stripe.customers.listPaymentMethods(customer));
  assert.ok(own.some(m => m.id === cards[0].id));
  assert.equal((await stripe.customers.retrievePaymentMethod(customer, cards[0].id)).id, cards[0].id);
  const detached = await stripe.paymentMethods.detach(cards[0].id);
  assert.equal(detached.customer, null);
  assert.equal((await stripe.paymentMethods.attach(cards[0].id, { customer })).customer, customer);
});

test('a customer is created once, changed and deleted', async () => {
  const params = {
    name: 'Łódzka Księgarnia',
    email: 'ksiegarnia@example.com',
    address: { city: 'Łódź', country: 'PL' },
    preferred_locales: ['pl'],
    invoice_settings: { custom_fields: [{ name: 'PO', value: '17' }], footer: 'Dziękujemy' },
    metadata: { crm_id: '1', segment: 'b2b' },
  };
  const idempotencyKey = `create-${crypto.randomUUID()}`;
  const customer = await stripe.customers.create(params, { idempotencyKey });
  const again = await stripe.customers.create(params, { idempotencyKey });
  assert.deepEqual([again.id, again.lastResponse.headers['idempotent-replayed']], [customer.id, 'true']);
  assert.equal((await stripe.customers.list({ limit: 1 })).data[0].id, customer.id);
  const changed = await stripe.customers.update(customer.id, {
    name: '',
    phone: '+48 42 000 00 00',
    shipping: { name: 'Magazyn', address: { line1: 'Długa 1' } },
    metadata: { segment: '' },
  });
  assert.deepEqual([changed.name, changed.address.city, changed.metadata], [null, 'Łódź', { crm_id: '1' }]);
  await stripe.customers.del(customer.id);
  assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
  const types = (await stripe.events.list({ types: ['customer.created', 'customer.updated', 'customer.deleted'], limit: 3 })).data;
  assert.deepEqual(types.map(e => e.type), ['customer.deleted', 'customer.updated', 'customer.created']);
  assert.deepEqual(types[1].data.previous_attributes.metadata, { segment: 'b2b' });
});

test('a subscription is changed, paused, resumed and cancelled', async () => {
  const active = subscriptions.filter(
    s => s.status === 'active' && s.items.data.length === 1 && !s.cancel_at && s.collection_method === 'charge_automatically',
  );
  const seats = active.find(s => s.items.data[0].quantity > 1 && s.billing_mode.type === 'flexible' && !s.schedule);
  const more = await stripe.subscriptions.update(seats.id, {
    items: [{ id: seats.items.data[0].id, quantity: 41 }],
    proration_behavior: 'none',
    metadata: { project: 'P-1' },
    pause_collection: { behavior: 'void' },
  });
  assert.deepEqual([more.items.data[0].quantity, more.pause_collection.behavior], [41, 'void']);
  assert.equal((await stripe.subscriptions.update(seats.id, { pause_collection: '' })).pause_collection, null);
  const ending = await stripe.subscriptions.update(seats.id, { cancel_at_period_end: true });
  assert.equal(ending.cancel_at, ending.items.data[0].current_period_end);
  assert.equal((await stripe.subscriptions.update(seats.id, { cancel_at: '' })).cancel_at, null);
  assert.equal((await stripe.subscriptions.pause(seats.id, { type: 'subscription' })).status, 'paused');
  const resumed = await stripe.subscriptions.resume(seats.id, { billing_cycle_anchor: { type: 'unchanged' } });
  assert.equal(resumed.status, 'active');
  await stripe.subscriptions.pause(seats.id);
  const anew = await stripe.subscriptions.resume(seats.id);
  assert.ok(anew.items.data[0].current_period_start > seats.items.data[0].current_period_start);
  const cancelled = await stripe.subscriptions.cancel(seats.id, {
    cancellation_details: { feedback: 'too_expensive', comment: 'Sorry' },
  });
  assert.deepEqual([cancelled.status, cancelled.cancellation_details.feedback], ['canceled', 'too_expensive']);
});

test('the portal: configuration, session, and what a person does there', async () => {
  const before = await stripe.billingPortal.configurations.list({ active: true });
  const [product] = (await stripe.products.list({ limit: 1 })).data;
  const prices = await all(stripe.prices.list({ product: product.id, active: true, currency: 'eur', type: 'recurring' }));
  const licensed = prices.filter(p => p.recurring.usage_type === 'licensed').map(p => p.id);
  const configuration = await stripe.billingPortal.configurations.create({
    name: 'SDK',
    business_profile: { headline: 'Studio', privacy_policy_url: 'https://studio.example/privacy' },
    features: {
      customer_update: { enabled: true, allowed_updates: ['email', 'address'] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: {
        enabled: true,
        mode: 'at_period_end',
        cancellation_reason: { enabled: true, options: ['too_expensive', 'other'] },
      },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        products: [{ product: product.id, prices: licensed }],
      },
      subscription_pause: { enabled: true },
    },
    login_page: { enabled: true },
    metadata: { portico: 'default' },
  });
  assert.equal((await stripe.billingPortal.configurations.list({ active: true })).data.length, before.data.length + 1);
  assert.equal((await stripe.billingPortal.configurations.retrieve(configuration.id)).name, 'SDK');
  const renamed = await stripe.billingPortal.configurations.update(configuration.id, { name: 'Renamed' });
  assert.equal(renamed.login_page.url, configuration.login_page.url);

  const subscription = (await all(stripe.subscriptions.list({ status: 'active', limit: 100 }))).find(
    s =>
      !s.cancel_at && !s.schedule && s.items.data.length === 1 && s.billing_mode.type === 'flexible' &&
      s.collection_method === 'charge_automatically' && s.items.data[0].price.recurring.usage_type === 'licensed',
  );
  const customer = subscription.customer;
  const open = params =>
    stripe.billingPortal.sessions.create({ customer, configuration: configuration.id, ...params });
  for (const flow_data of [
    { type: 'payment_method_update' },
    { type: 'customer_update' },
    { type: 'subscription_cancel', subscription_cancel: { subscription: subscription.id } },
    { type: 'subscription_pause', subscription_pause: { subscription: subscription.id } },
  ]) {
    const session = await open({ flow_data, after_expiration: { type: 'customer_login' } });
    assert.equal(session.flow.type, flow_data.type);
  }
  const session = await open({ expand: ['configuration'], return_url: 'https://studio.example' });
  assert.equal(session.configuration.id, configuration.id);

  const send = (path, fields) => fetch(session.url + path, { method: 'POST', body: new URLSearchParams(fields) });
  assert.match(await (await fetch(session.url)).text(), /Payment methods/);
  const card = { number: '4242 4242 4242 4242', exp_month: '8', exp_year: '2041', cvc: '123' };
  assert.match(await (await send('/card', card)).text(), /Your card was replaced/);
  const owner = await stripe.customers.retrieve(customer, { expand: ['invoice_settings.default_payment_method'] });
  const { exp_month, exp_year, last4 } = owner.invoice_settings.default_payment_method.card;
  assert.deepEqual([last4, exp_month, exp_year], ['4242', 8, 2041]);
  await send('/cancel', { subscription: subscription.id, feedback: 'other', comment: '' });
  const cancelled = await stripe.subscriptions.retrieve(subscription.id);
  assert.ok(cancelled.cancel_at && cancelled.cancellation_details.feedback === 'other');
});

test('what is refused', async () => {
  await refused(stripe.customers.retrieve('cus_nobody'), 404, 'resource_missing');
  await refused(stripe.billingPortal.sessions.create({ customer: 'cus_nobody' }), 400, 'resource_missing');
  const unconfigured = await refused(stripe.billingPortal.sessions.create({ customer: customers[0].id }), 400, undefined);
  assert.match(unconfigured.message, /^No configuration provided and your test mode default configuration/);
  await refused(client('sk_test_wrong').customers.list(), 401, undefined);
  const restricted = client(env('STRIPE_SIM_RESTRICTED_KEY'));
  await control('/permissions', { permissions: 'rak_subscription_read' });
  await restricted.subscriptions.list();
  const forbidden = await refused(restricted.customers.list(), 403, undefined);
  assert.match(forbidden.message, /on account 'acct_\w+'. Having the 'rak_customer_read' permission/);
  const expanded = restricted.subscriptions.list({ expand: ['data.customer'] });
  assert.match((await refused(expanded, 403, undefined)).message, /rak_customer_read/);
  await control('/permissions', { permissions: 'all' });
  await restricted.customers.list();
});

test('events', async () => {
  const events = await all(stripe.events.list({ limit: 100 }));
  inOrder(events);
  const [newest] = events;
  assert.equal((await stripe.events.retrieve(newest.id)).type, newest.type);
  const start = events[Math.min(250, events.length - 1)];
  const tail = [];
  for await (const event of stripe.events.list({ ending_before: start.id, limit: 100 })) tail.push(event.id);
  assert.deepEqual(tail, events.slice(0, events.indexOf(start)).map(e => e.id).reverse());
  const some = await all(stripe.events.list({ type: 'invoice.*', limit: 100 }));
  assert.equal(some.length, events.filter(e => e.type.startsWith('invoice.')).length);
});
