// Stripe's official SDK sells: the catalogue, tax ids, checkouts, links, new subscriptions and schedules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, inOrder, newestEvent, refused, stripe, told } from './client.mjs';

const plan = async (unit_amount, more) => {
  const product = await stripe.products.create({ name: `Plan ${unit_amount}` });
  return stripe.prices.create({ product: product.id, currency: 'eur', unit_amount, recurring: { interval: 'month' }, ...more });
};
const payer = payment_method =>
  stripe.customers.create({ name: 'Buyer', email: 'buyer@example.com', payment_method }).then(async customer => {
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    if (method) await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
    return customer;
  });

test('products and prices', async () => {
  const start = await newestEvent();
  const product = await stripe.products.create({
    name: 'Audit', description: 'One day', default_price_data: { currency: 'eur', unit_amount: 90000 }, metadata: { a: 'b' },
  });
  assert.match(product.default_price, /^price_/);
  assert.equal((await stripe.products.update(product.id, { name: 'Audit XL', active: false })).name, 'Audit XL');
  assert.deepEqual(await told(start, product.id), ['product.created', 'product.updated', 'product.updated']);
  await refused(stripe.products.del(product.id), 400, undefined);
  const unused = await stripe.products.create({ id: 'prod_unused', name: 'Unused' });
  assert.equal((await stripe.products.del(unused.id)).deleted, true);
  await refused(stripe.products.retrieve(unused.id), 404, 'resource_missing');
  const tiered = await stripe.prices.create({
    product: product.id, currency: 'usd', billing_scheme: 'tiered', tiers_mode: 'graduated', recurring: { interval: 'year' },
    tiers: [{ up_to: 10, unit_amount: 500 }, { up_to: 'inf', unit_amount: 400, flat_amount: 100 }], expand: ['tiers'],
  });
  assert.deepEqual([tiered.tiers.length, tiered.tiers[1].up_to, tiered.unit_amount], [2, null, null]);
  const fine = await stripe.prices.create({ currency: 'eur', unit_amount_decimal: '0.25', product_data: { name: 'Pixel' }, lookup_key: 'pixel' });
  assert.deepEqual([fine.unit_amount, String(fine.unit_amount_decimal), fine.type], [null, '0.25', 'one_time']);
  await refused(stripe.prices.update(tiered.id, { lookup_key: 'pixel' }), 400, 'resource_already_exists');
  const moved = await stripe.prices.update(tiered.id, { lookup_key: 'pixel', transfer_lookup_key: true, active: false, nickname: 'Old' });
  assert.deepEqual([moved.lookup_key, moved.active], ['pixel', false]);
  assert.equal((await stripe.prices.retrieve(fine.id)).lookup_key, null);
});

test('coupons and promotion codes', async () => {
  const coupon = await stripe.coupons.create({ percent_off: 12.5, duration: 'repeating', duration_in_months: 3, name: 'Autumn' });
  assert.equal((await stripe.coupons.update(coupon.id, { name: 'Winter' })).name, 'Winter');
  const fixed = await stripe.coupons.create({ id: 'TENNER', amount_off: 1000, currency: 'eur', duration: 'once' });
  await refused(stripe.coupons.create({ id: 'TENNER', percent_off: 5 }), 400, 'resource_already_exists');
  const code = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: coupon.id }, code: 'HERBST', max_redemptions: 5, restrictions: { first_time_transaction: true },
  });
  const [found] = (await stripe.promotionCodes.list({ code: 'HERBST', expand: ['data.promotion.coupon'] })).data;
  assert.deepEqual([found.id, found.promotion.coupon.id], [code.id, coupon.id]);
  assert.equal((await stripe.promotionCodes.update(code.id, { active: false })).active, false);
  assert.equal((await stripe.promotionCodes.retrieve(code.id)).active, false);
  assert.ok((await all(stripe.promotionCodes.list({ active: true }))).every(c => c.active));
  assert.equal((await stripe.coupons.del(fixed.id)).deleted, true);
});

test('tax ids', async () => {
  const known = await all(stripe.taxIds.list({ limit: 100 }));
  inOrder(known);
  const [{ customer }] = known;
  assert.deepEqual((await all(stripe.customers.listTaxIds(customer))).map(t => t.customer), [customer]);
  const expanded = await stripe.customers.retrieve(customer, { expand: ['tax_ids'] });
  assert.equal(expanded.tax_ids.data[0].id, known[0].id);
  assert.equal((await stripe.taxIds.retrieve(known[0].id)).value, known[0].value);
  const start = await newestEvent();
  const made = await stripe.customers.createTaxId(customer, { type: 'eu_vat', value: 'DE123456789' });
  assert.deepEqual([made.country, made.verification.status], ['DE', 'verified']);
  assert.equal((await stripe.customers.retrieveTaxId(customer, made.id)).id, made.id);
  assert.equal((await stripe.customers.deleteTaxId(customer, made.id)).deleted, true);
  assert.deepEqual(await told(start, made.id), ['customer.tax_id.created', 'customer.tax_id.deleted']);
  const other = await stripe.taxIds.create({ type: 'gb_vat', value: 'GB123456789', owner: { type: 'customer', customer } });
  assert.equal((await stripe.taxIds.del(other.id)).deleted, true);
  const buyer = await stripe.customers.create({ name: 'Taxed', tax_id_data: [{ type: 'ch_vat', value: 'CHE-123.456.789 MWST' }] });
  assert.equal((await all(stripe.customers.listTaxIds(buyer.id))).length, 1);
});

test('checkout sessions', async () => {
  const known = await all(stripe.checkout.sessions.list({ limit: 100 }));
  inOrder(known);
  for (const status of ['open', 'complete', 'expired']) {
    const some = await all(stripe.checkout.sessions.list({ status, limit: 100 }));
    assert.ok(some.length > 0 && some.every(s => s.status === status && (s.url !== null) === (status === 'open')));
  }
  const complete = known.find(s => s.status === 'complete');
  const whole = await stripe.checkout.sessions.retrieve(complete.id, { expand: ['line_items', 'subscription', 'customer'] });
  assert.equal(whole.line_items.data[0].price.id, whole.subscription.items.data[0].price.id);
  assert.equal((await all(stripe.checkout.sessions.listLineItems(complete.id))).length, 1);
  const [own] = await all(stripe.checkout.sessions.list({ subscription: whole.subscription.id }));
  assert.equal(own.id, complete.id);
  const price = await plan(3900);
  const customer = await payer();
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription', customer: customer.id, line_items: [{ price: price.id, quantity: 2 }],
    success_url: 'https://studio.example/thanks', cancel_url: 'https://studio.example', client_reference_id: 'cl_1',
    allow_promotion_codes: true, metadata: { a: 'b' }, subscription_data: { metadata: { a: 'b' } }, locale: 'de',
  });
  assert.deepEqual([session.status, session.amount_total, session.subscription], ['open', 7800, null]);
  assert.equal((await stripe.checkout.sessions.update(session.id, { metadata: { a: 'c' } })).metadata.a, 'c');
  const start = await newestEvent();
  const expired = await stripe.checkout.sessions.expire(session.id);
  assert.deepEqual([expired.status, expired.url], ['expired', null]);
  assert.deepEqual(await told(start, session.id), ['checkout.session.expired']);
  await refused(stripe.checkout.sessions.expire(session.id), 400, undefined);
  await refused(
    stripe.checkout.sessions.create({ mode: 'payment', line_items: [{ price: price.id, quantity: 1 }], success_url: 'https://studio.example' }),
    400, undefined,
  );
  const setup = await stripe.checkout.sessions.create({ mode: 'setup', customer: customer.id, currency: 'eur', success_url: 'https://studio.example' });
  assert.equal(setup.payment_status, 'no_payment_required');
});

test('payment links', async () => {
  const known = await all(stripe.paymentLinks.list({ active: true, expand: ['data.line_items'] }));
  assert.ok(known.length > 0 && known.every(l => l.line_items.data.length === 1));
  const price = await plan(1900);
  const start = await newestEvent();
  const link = await stripe.paymentLinks.create({
    line_items: [{ price: price.id, quantity: 1, adjustable_quantity: { enabled: true, minimum: 1, maximum: 9 } }],
    metadata: { a: 'b' }, after_completion: { type: 'redirect', redirect: { url: 'https://studio.example' } },
    restrictions: { completed_sessions: { limit: 3 } }, allow_promotion_codes: true,
  });
  assert.equal((await all(stripe.paymentLinks.listLineItems(link.id)))[0].price.id, price.id);
  const off = await stripe.paymentLinks.update(link.id, { active: false, inactive_message: 'Gone' });
  assert.deepEqual([off.active, (await stripe.paymentLinks.retrieve(link.id)).inactive_message], [false, 'Gone']);
  assert.deepEqual(await told(start, link.id), ['payment_link.created', 'payment_link.updated']);
});

test('a subscription begins: paid, refused, on trial, by invoice', async () => {
  const price = await plan(4900);
  const customer = await payer('pm_card_visa');
  const start = await newestEvent();
  const paid = await stripe.subscriptions.create({
    customer: customer.id, items: [{ price: price.id, quantity: 2 }], discounts: [{ promotion_code: (await code()).id }],
    metadata: { a: 'b' }, expand: ['latest_invoice', 'latest_invoice.payments', 'discounts'],
  });
  assert.deepEqual([paid.status, paid.latest_invoice.status, paid.latest_invoice.total], ['active', 'paid', 4900]);
  assert.equal(paid.latest_invoice.payments.data[0].status, 'paid');
  const types = await told(start);
  for (const type of ['customer.discount.created', 'customer.subscription.created', 'invoice.created', 'invoice.finalized',
    'charge.succeeded', 'payment_intent.succeeded', 'invoice_payment.paid', 'invoice.paid', 'invoice.payment_succeeded']) {
    assert.ok(types.includes(type), type);
  }
  const without = await stripe.subscriptions.update(paid.id, { discounts: '' });
  assert.deepEqual(without.discounts, []);

  const poor = await payer('pm_card_chargeCustomerFail');
  const items = [{ price: price.id }];
  await refused(stripe.subscriptions.create({ customer: poor.id, items, payment_behavior: 'error_if_incomplete' }), 402, 'card_declined');
  const refusedOnce = await stripe.subscriptions.create({ customer: poor.id, items });
  assert.equal(refusedOnce.status, 'incomplete');
  await stripe.invoices.pay(refusedOnce.latest_invoice, { payment_method: 'pm_card_visa' });
  assert.equal((await stripe.subscriptions.retrieve(refusedOnce.id)).status, 'active');
  const nobody = await payer();
  await refused(stripe.subscriptions.create({ customer: nobody.id, items }), 400, 'resource_missing');
  const later = await stripe.subscriptions.create({ customer: nobody.id, items, payment_behavior: 'default_incomplete' });
  assert.equal(later.status, 'incomplete');
  const trial = await stripe.subscriptions.create({
    customer: nobody.id, items, trial_period_days: 14, trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    expand: ['latest_invoice'],
  });
  assert.deepEqual([trial.status, trial.latest_invoice.total, trial.latest_invoice.status], ['trialing', 0, 'paid']);
  const billed = await stripe.subscriptions.create({
    customer: nobody.id, items, collection_method: 'send_invoice', days_until_due: 30, expand: ['latest_invoice'],
  });
  assert.deepEqual([billed.status, billed.latest_invoice.status], ['active', 'draft']);
});

const code = async () => {
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
  return stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } });
};

test('items of a subscription come and go', async () => {
  const [price, other] = [await plan(1000), await plan(2000)];
  const customer = await payer('pm_card_visa');
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const start = await newestEvent();
  const proration_behavior = 'none';
  const item = await stripe.subscriptionItems.create({ subscription: subscription.id, price: other.id, quantity: 3, proration_behavior });
  const more = await stripe.subscriptionItems.update(item.id, { quantity: 4, metadata: { a: 'b' }, proration_behavior });
  assert.deepEqual([more.id, more.quantity], [item.id, 4]);
  assert.equal((await stripe.subscriptionItems.del(item.id, { proration_behavior })).deleted, true);
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).items.data.length, 1);
  assert.deepEqual(await told(start, subscription.id), Array(3).fill('customer.subscription.updated'));
});

test('schedules', async () => {
  const known = await all(stripe.subscriptionSchedules.list({ limit: 100 }));
  inOrder(known);
  const active = known.find(s => s.status === 'active');
  const attached = await stripe.subscriptions.retrieve(active.subscription, { expand: ['schedule'] });
  assert.equal(attached.schedule.id, active.id);
  const [price, next] = [await plan(1000), await plan(2000)];
  const customer = await payer('pm_card_visa');
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const start = await newestEvent();
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const [now] = schedule.phases;
  const planned = await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: 'release', metadata: { a: 'b' }, proration_behavior: 'none',
    phases: [
      { items: [{ price: price.id, quantity: 1 }], start_date: now.start_date, end_date: now.end_date },
      { items: [{ price: next.id, quantity: 1 }], duration: { interval: 'month', interval_count: 2 } },
    ],
  });
  assert.deepEqual([planned.status, planned.phases.length, planned.phases[1].start_date], ['active', 2, now.end_date]);
  assert.deepEqual((await all(stripe.subscriptionSchedules.list({ customer: customer.id }))).map(s => s.id), [schedule.id]);
  const released = await stripe.subscriptionSchedules.release(schedule.id);
  assert.deepEqual([released.status, released.released_subscription], ['released', subscription.id]);
  assert.deepEqual(await told(start, schedule.id), [
    'subscription_schedule.created', 'subscription_schedule.updated', 'subscription_schedule.released',
  ]);
  const phases = [{ items: [{ price: next.id }] }];
  const begun = await stripe.subscriptionSchedules.create({ customer: customer.id, start_date: 'now', phases });
  assert.equal((await stripe.subscriptions.retrieve(begun.subscription)).schedule, begun.id);
  assert.equal((await stripe.subscriptionSchedules.cancel(begun.id)).status, 'canceled');
  assert.equal((await stripe.subscriptions.retrieve(begun.subscription)).status, 'canceled');
  const later = Math.floor(Date.now() / 1000) + 90 * 86400;
  const waiting = await stripe.subscriptionSchedules.create({ customer: customer.id, start_date: later, phases });
  assert.equal((await stripe.subscriptionSchedules.retrieve(waiting.id)).status, 'not_started');
});
