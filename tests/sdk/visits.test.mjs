// Stripe's official SDK reads what people do on the simulator's hosted pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, control, newestEvent, refused, stripe, told } from './client.mjs';

const CARD = { number: '5555 5555 5555 4444', exp_month: '8', exp_year: '2041', cvc: '123' };
const send = (url, fields) => fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

const plan = async unit_amount => {
  const product = await stripe.products.create({ name: `Page plan ${unit_amount}` });
  return stripe.prices.create({ product: product.id, currency: 'eur', unit_amount, recurring: { interval: 'month' } });
};
const subscriber = async price => {
  const customer = await stripe.customers.create({ name: 'Visitor', email: 'visitor@example.com', payment_method: 'pm_card_visa' });
  const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
};

test('a portal with every feature, and its products where they are asked for', async () => {
  const [small, large] = [await plan(1000), await plan(5000)];
  const products = [small, large].map(price => ({
    product: price.product, prices: [price.id], adjustable_quantity: { enabled: true, maximum: 9 },
  }));
  const expand = ['features.subscription_update.products'];
  const configuration = await stripe.billingPortal.configurations.create({
    default_return_url: 'https://studio.example',
    features: {
      customer_update: { enabled: true, allowed_updates: ['address', 'email', 'name', 'phone', 'shipping', 'tax_id'] },
      subscription_cancel: { enabled: true, mode: 'immediately', proration_behavior: 'create_prorations' },
      subscription_pause: { enabled: true, duration: { type: 'interval_options', interval_options: [{ interval: 'week', interval_count: 2 }] } },
      subscription_update: {
        enabled: true, default_allowed_updates: ['price', 'quantity', 'promotion_code'], products, proration_behavior: 'create_prorations',
        schedule_at_period_end: { conditions: [{ type: 'decreasing_item_amount' }] }, trial_update_behavior: 'end_trial',
        billing_cycle_anchor: 'unchanged',
      },
    },
    expand,
  });
  assert.equal(configuration.features.subscription_update.products.length, 2);
  const plain = await stripe.billingPortal.configurations.retrieve(configuration.id);
  assert.equal(plain.features.subscription_update.products, undefined);
  const [listed] = (await stripe.billingPortal.configurations.list({ expand: expand.map(path => `data.${path}`) })).data;
  assert.deepEqual(listed.features, configuration.features);
  const indefinite = { enabled: true, duration: { type: 'indefinite' } };
  const changed = await stripe.billingPortal.configurations.update(configuration.id, { features: { subscription_pause: indefinite } });
  assert.deepEqual(changed.features.subscription_pause.duration, { type: 'indefinite', interval_options: [] });

  const subscription = await subscriber(small);
  const flow_data = {
    type: 'subscription_update_confirm',
    subscription_update_confirm: {
      subscription: subscription.id,
      items: [{ id: subscription.items.data[0].id, price: large.id, quantity: 2 }],
      discounts: [{ coupon: 'PARTNER10' }],
    },
    after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'Thanks' } },
  };
  const open = params =>
    stripe.billingPortal.sessions.create({ customer: subscription.customer, configuration: configuration.id, ...params });
  const session = await open({ flow_data });
  const start = await newestEvent();
  await send(`${session.url}/confirm`, { subscription: subscription.id });
  const larger = await stripe.subscriptions.retrieve(subscription.id, { expand: ['discounts'] });
  assert.deepEqual([larger.items.data[0].price.id, larger.items.data[0].quantity], [large.id, 2]);
  assert.equal(larger.discounts[0].source.coupon, 'PARTNER10');
  assert.ok((await told(start)).includes('customer.discount.created'));
  const home = await open({});
  await send(`${home.url}/update`, { subscription: subscription.id, price: small.id });
  const waiting = await stripe.subscriptions.retrieve(subscription.id, { expand: ['schedule'] });
  assert.equal(waiting.schedule.phases[1].items[0].price, small.id);
  await stripe.subscriptionSchedules.release(waiting.schedule.id);
  await send(`${home.url}/pause`, { subscription: subscription.id });
  const paused = await stripe.subscriptions.retrieve(subscription.id);
  assert.deepEqual([paused.status, paused.status_details.paused.subscription.type], ['paused', 'pause_requested']);
  await send(`${home.url}/resume`, { subscription: subscription.id });
  const shipped = { shipping_line1: 'Gasse 1', shipping_country: 'CH', tax_id_type: 'ch_vat', tax_id_value: 'CHE-123.456.789 MWST' };
  await send(`${home.url}/details`, { ...shipped, city: 'Bern' });
  const customer = await stripe.customers.retrieve(subscription.customer, { expand: ['tax_ids'] });
  assert.deepEqual([customer.address.city, customer.shipping.name, customer.tax_ids.data.length], ['Bern', 'Visitor', 1]);
  await send(`${home.url}/cancel`, { subscription: subscription.id });
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, 'canceled');
  const credits = await all(stripe.invoiceItems.list({ customer: subscription.customer, pending: true }));
  assert.ok(credits.some(item => item.amount < 0));
});

test('what an invoice would be', async () => {
  const [small, large] = [await plan(1000), await plan(5000)];
  const subscription = await subscriber(small);
  const items = [{ id: subscription.items.data[0].id, price: large.id, quantity: 2 }];
  const proration_date = subscription.items.data[0].current_period_start;
  const shown = await stripe.invoices.createPreview({
    subscription: subscription.id, customer: subscription.customer, expand: ['customer'],
    subscription_details: { items, proration_date, proration_behavior: 'always_invoice' },
  });
  assert.match(shown.id, /^upcoming_in_/);
  assert.equal(shown.customer.id, subscription.customer);
  assert.equal(shown.lines.data[1].pricing.price_details.price, large.id);
  const changed = await stripe.subscriptions.update(subscription.id, {
    items, proration_date, proration_behavior: 'always_invoice', expand: ['latest_invoice'],
  });
  assert.equal(changed.latest_invoice.total, shown.total);
  const next = await stripe.invoices.createPreview({ subscription: subscription.id, preview_mode: 'recurring' });
  assert.equal(next.total, 10000);
});

test('what is bought by checkout, by link and by invoice', async () => {
  const price = await plan(3000);
  const success_url = 'https://studio.example/thanks?s={CHECKOUT_SESSION_ID}';
  const line_items = [{ price: price.id, quantity: 1 }];
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription', line_items, success_url, subscription_data: { description: 'Care', metadata: { a: 'b' } },
  });
  const bought = await send(session.url, { ...CARD, email: 'buyer@example.com', name: 'Buyer' });
  assert.equal(bought.headers.get('location'), `https://studio.example/thanks?s=${session.id}`);
  const expand = ['customer', 'subscription', 'invoice', 'line_items', 'setup_intent'];
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand });
  assert.deepEqual(
    [done.status, done.payment_status, done.customer.email, done.subscription.status, done.invoice.status],
    ['complete', 'paid', 'buyer@example.com', 'active', 'paid'],
  );
  const setup = await stripe.checkout.sessions.create({ mode: 'setup', customer: done.customer.id, currency: 'eur', success_url });
  await send(setup.url, CARD);
  const kept = await stripe.checkout.sessions.retrieve(setup.id, { expand: ['setup_intent', 'setup_intent.payment_method'] });
  assert.deepEqual([kept.status, kept.setup_intent.payment_method.customer], ['complete', done.customer.id]);
  assert.equal((await stripe.setupIntents.retrieve(kept.setup_intent.id)).status, 'succeeded');
  assert.equal((await stripe.setupIntents.list({ customer: done.customer.id })).data.length, 1);

  const link = await stripe.paymentLinks.create({ line_items });
  const [visited] = [await fetch(link.url, { redirect: 'manual' })];
  await send(visited.headers.get('location'), { ...CARD, email: 'other@example.com' });
  const [ofLink] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data;
  assert.deepEqual([ofLink.status, ofLink.customer_details.email], ['complete', 'other@example.com']);

  const { customer } = done;
  const draft = await stripe.invoices.create({ customer: customer.id, collection_method: 'send_invoice', days_until_due: 14 });
  await stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 700, currency: 'eur' });
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  await send(`${open.hosted_invoice_url}/pay`, CARD);
  const paid = await stripe.invoices.retrieve(open.id, { expand: ['payments'] });
  assert.deepEqual([paid.status, paid.payments.data[0].status], ['paid', 'paid']);
});

test('a session is recovered', async () => {
  const configuration = await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
  const customer = await stripe.customers.create({ email: 'late@example.com' });
  const session = await stripe.billingPortal.sessions.create({
    customer: customer.id, configuration: configuration.id, after_expiration: { type: 'customer_login' },
  });
  await control('/clock', { advance_seconds: 600 });
  await send(`${session.url}/recover`, { email: customer.email });
  const codes = await (await fetch(`${process.env.STRIPE_SIM_CONTROL_URL}/login_codes`)).json();
  const start = await newestEvent();
  const led = await send(`${session.url}/recover/code`, { email: customer.email, code: codes[customer.email] });
  assert.match(led.headers.get('location'), /\/p\/session\//);
  assert.deepEqual(await told(start), ['billing_portal.session.created']);
  await refused(
    stripe.billingPortal.configurations.create({ features: { subscription_cancel: { enabled: true, proration_behavior: 'always_invoice' } } }),
    400, undefined,
  );
});
