// Stripe's official SDK reads and moves money: charges, refunds, disputes, payouts, invoices, credit notes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, inOrder, newestEvent, refused, stripe, told } from './client.mjs';

const payer = async (payment_method = 'pm_card_visa') => {
  const customer = await stripe.customers.create({ name: 'Payer', email: 'payer@example.com' });
  const method = await stripe.paymentMethods.attach(payment_method, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return customer;
};

test('charges, payments and what they did to the balance', async () => {
  const charges = await all(stripe.charges.list({ limit: 100, expand: ['data.balance_transaction'] }));
  inOrder(charges);
  const paid = charges.filter(c => c.paid);
  const failed = charges.filter(c => !c.paid);
  assert.ok(paid.length > 0 && failed.length > 0);
  for (const charge of paid) {
    assert.equal(charge.balance_transaction.source, charge.id);
    assert.equal(charge.balance_transaction.net, charge.balance_transaction.amount - charge.balance_transaction.fee);
  }
  assert.ok(failed.every(c => c.failure_code && c.failure_message && c.outcome.type === 'issuer_declined'));
  const whole = await stripe.charges.retrieve(paid[0].id, {
    expand: ['customer', 'payment_intent', 'payment_intent.latest_charge', 'refunds', 'balance_transaction', 'balance_transaction.source'],
  });
  assert.equal(whole.payment_intent.latest_charge.id, whole.id);
  assert.equal(whole.balance_transaction.source.id, whole.id);
  const own = await all(stripe.charges.list({ customer: whole.customer.id, limit: 100 }));
  assert.deepEqual(
    own.map(c => c.id),
    charges.filter(c => c.customer === whole.customer.id).map(c => c.id),
  );
  const tried = await all(stripe.charges.list({ payment_intent: failed[0].payment_intent }));
  assert.ok(tried.some(c => c.id === failed[0].id));
  const [payment] = await all(
    stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: paid[0].payment_intent } }),
  );
  assert.equal(payment.status, 'paid');
  const invoice = await stripe.invoices.retrieve(payment.invoice);
  assert.equal(invoice.total, paid[0].amount);
  const intents = await all(stripe.paymentIntents.list({ customer: whole.customer.id }));
  assert.ok(intents.some(i => i.id === whole.payment_intent.id));
  assert.equal((await stripe.paymentIntents.retrieve(whole.payment_intent.id)).status, 'succeeded');
});

test('refunds, disputes and credit notes name what they came from', async () => {
  const refunds = await all(stripe.refunds.list({ limit: 100, expand: ['data.charge'] }));
  inOrder(refunds);
  assert.ok(refunds.every(r => r.charge.amount_refunded === r.amount));
  const [refund] = await all(stripe.refunds.list({ charge: refunds[0].charge.id }));
  assert.equal((await stripe.refunds.retrieve(refund.id, { expand: ['balance_transaction'] })).balance_transaction.type, 'refund');
  const disputes = await all(stripe.disputes.list({ expand: ['data.charge'] }));
  assert.ok(disputes.length > 0 && disputes.every(d => d.charge.disputed && d.amount === d.charge.amount));
  assert.equal((await stripe.disputes.retrieve(disputes[0].id)).id, disputes[0].id);
  const notes = await all(stripe.creditNotes.list({ limit: 100, expand: ['data.invoice'] }));
  assert.ok(notes.every(n => n.invoice.post_payment_credit_notes_amount === n.amount));
  const [note] = await all(stripe.creditNotes.list({ invoice: notes[0].invoice.id }));
  const lines = await all(stripe.creditNotes.listLineItems(note.id));
  assert.equal(lines.reduce((sum, line) => sum + line.amount, 0), note.amount);
  assert.equal((await stripe.creditNotes.retrieve(note.id)).number, note.number);
});

test('payouts are the sum of what was paid out with them', async () => {
  const payouts = await all(stripe.payouts.list({ limit: 100, expand: ['data.balance_transaction'] }));
  inOrder(payouts);
  for (const payout of [payouts[0], payouts[1], payouts.find(p => p.status === 'failed')]) {
    const moved = await all(stripe.balanceTransactions.list({ payout: payout.id, limit: 100 }));
    const net = moved.filter(t => !t.type.startsWith('payout')).reduce((sum, t) => sum + t.net, 0);
    assert.equal(net, payout.amount);
    assert.equal(payout.balance_transaction.amount, -payout.amount);
    assert.ok(moved.some(t => t.id === payout.balance_transaction.id));
  }
  assert.equal((await stripe.payouts.retrieve(payouts[0].id)).id, payouts[0].id);
  const refunded = await all(stripe.balanceTransactions.list({ type: 'refund', limit: 100 }));
  assert.ok(refunded.length > 0 && refunded.every(t => t.amount < 0));
  const [one] = await all(stripe.balanceTransactions.list({ source: refunded[0].source }));
  assert.equal((await stripe.balanceTransactions.retrieve(one.id, { expand: ['source'] })).source.object, 'refund');
});

test('a payment intent is paid, refused, refunded and disputed', async () => {
  const start = await newestEvent();
  const customer = await payer();
  const intent = await stripe.paymentIntents.create({
    amount: 2000, currency: 'eur', customer: customer.id, payment_method: 'pm_card_visa', confirm: true,
    description: 'Logo', metadata: { project: 'P-1' }, return_url: 'https://studio.example',
  });
  assert.deepEqual([intent.status, intent.amount_received, intent.metadata.project], ['succeeded', 2000, 'P-1']);
  assert.deepEqual(await told(start, intent.id, intent.latest_charge), [
    'payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded',
  ]);
  const part = await stripe.refunds.create({ payment_intent: intent.id, amount: 500, metadata: { why: 'half' } });
  assert.equal(part.metadata.why, 'half');
  await stripe.refunds.create({ charge: intent.latest_charge, reason: 'requested_by_customer' });
  assert.equal((await stripe.charges.retrieve(intent.latest_charge)).refunded, true);
  await refused(stripe.refunds.create({ charge: intent.latest_charge }), 400, 'charge_already_refunded');
  assert.equal((await stripe.refunds.update(part.id, { metadata: { why: '' } })).metadata.why, undefined);

  const error = await refused(
    stripe.paymentIntents.create({ amount: 900, currency: 'usd', payment_method: 'pm_card_chargeDeclined', confirm: true }),
    402, 'card_declined',
  );
  assert.deepEqual([error.decline_code, error.payment_intent.status], ['generic_decline', 'requires_payment_method']);
  const open = await stripe.paymentIntents.update(error.payment_intent.id, { description: 'Again' });
  assert.equal((await stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_mastercard' })).status, 'succeeded');
  const idle = await stripe.paymentIntents.create({ amount: 100, currency: 'eur', payment_method: 'pm_card_visa' });
  assert.equal(idle.status, 'requires_confirmation');
  assert.equal((await stripe.paymentIntents.cancel(idle.id, { cancellation_reason: 'abandoned' })).status, 'canceled');

  const charge = await stripe.charges.create({ amount: 7000, currency: 'eur', source: 'tok_createDispute', metadata: { a: 'b' } });
  assert.equal((await stripe.charges.update(charge.id, { description: 'Hosting' })).description, 'Hosting');
  const [dispute] = (await stripe.disputes.list({ charge: charge.id })).data;
  assert.equal(dispute.status, 'needs_response');
  const answered = await stripe.disputes.update(dispute.id, { evidence: { product_description: 'Hosting' }, metadata: { a: 'b' } });
  assert.deepEqual([answered.status, answered.evidence_details.submission_count], ['under_review', 1]);
  assert.equal((await stripe.disputes.close(dispute.id)).status, 'lost');
  await refused(stripe.charges.create({ amount: 7000, currency: 'eur', source: 'tok_chargeDeclined' }), 402, 'card_declined');
});

test('payouts on request', async () => {
  const payout = await stripe.payouts.create({ amount: 1000, currency: 'eur', metadata: { a: 'b' } });
  assert.deepEqual([payout.status, payout.automatic], ['pending', false]);
  assert.equal((await stripe.payouts.update(payout.id, { metadata: { a: 'c' } })).metadata.a, 'c');
  assert.equal((await stripe.payouts.cancel(payout.id)).status, 'canceled');
  await refused(stripe.payouts.cancel(payout.id), 400, undefined);
});

test('payment methods are made, attached, changed', async () => {
  const customer = await stripe.customers.create({ name: 'Cards', payment_method: 'pm_card_amex' });
  const [amex] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  assert.equal(amex.card.brand, 'amex');
  const made = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_mastercard' }, billing_details: { name: 'Ada' } });
  assert.deepEqual([made.customer, made.billing_details.name], [null, 'Ada']);
  await refused(stripe.paymentMethods.update(made.id, { metadata: { a: 'b' } }), 400, undefined);
  await stripe.paymentMethods.attach(made.id, { customer: customer.id });
  const start = await newestEvent();
  const changed = await stripe.paymentMethods.update(made.id, { card: { exp_month: 3, exp_year: 2040 }, metadata: { a: 'b' } });
  assert.deepEqual([changed.card.exp_month, changed.metadata.a], [3, 'b']);
  assert.deepEqual(await told(start, made.id), ['payment_method.updated']);
});

test('an invoice by hand: items, finalising, paying, crediting', async () => {
  const customer = await payer();
  const waiting = await stripe.invoiceItems.create({ customer: customer.id, amount: 1500, currency: 'eur', description: 'Fonts' });
  const start = await newestEvent();
  const draft = await stripe.invoices.create({
    customer: customer.id, currency: 'eur', collection_method: 'send_invoice', days_until_due: 14,
    pending_invoice_items_behavior: 'include', metadata: { project: 'P-2' },
  });
  assert.deepEqual([draft.status, draft.total, draft.number], ['draft', 1500, null]);
  const [price] = (await stripe.prices.list({ type: 'one_time', currency: 'eur' })).data;
  const day = await stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, pricing: { price: price.id }, quantity: 2 });
  const gone = await stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 1, currency: 'eur' });
  assert.equal((await stripe.invoiceItems.del(gone.id)).deleted, true);
  assert.equal((await stripe.invoiceItems.retrieve(day.id, { expand: ['invoice'] })).invoice.id, draft.id);
  assert.deepEqual((await all(stripe.invoiceItems.list({ invoice: draft.id }))).map(i => i.id), [day.id, waiting.id]);
  assert.equal((await all(stripe.invoiceItems.list({ pending: true, customer: customer.id }))).length, 0);
  await stripe.invoices.update(draft.id, { description: 'Relaunch', days_until_due: 30 });
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  assert.deepEqual([open.status, open.total, open.amount_remaining], ['open', 1500 + 2 * price.unit_amount, open.total]);
  assert.match(open.number, /^[0-9A-F]{8}-0001$/);
  await refused(stripe.invoices.update(draft.id, { description: 'Late' }), 400, 'invoice_not_editable');
  assert.equal((await stripe.invoices.sendInvoice(draft.id)).status, 'open');
  const less = await stripe.creditNotes.create({ invoice: draft.id, amount: 500, memo: 'Sorry', reason: 'order_change' });
  assert.deepEqual([less.type, less.pre_payment_amount], ['pre_payment', 500]);
  const second = await stripe.creditNotes.create({ invoice: draft.id, amount: 100 });
  assert.equal((await stripe.creditNotes.voidCreditNote(second.id)).status, 'void');
  assert.equal((await stripe.creditNotes.update(less.id, { memo: 'Really', metadata: { a: 'b' } })).memo, 'Really');
  const secret = await stripe.invoices.retrieve(draft.id, { expand: ['confirmation_secret'] });
  assert.match(secret.confirmation_secret.client_secret, /^pi_.*_secret_/);
  const paid = await stripe.invoices.pay(draft.id, { expand: ['payments'] });
  assert.deepEqual([paid.status, paid.amount_remaining], ['paid', 0]);
  assert.equal(paid.payments.data.at(-1).status, 'paid');
  const back = await stripe.creditNotes.create({ invoice: draft.id, amount: 300, refund_amount: 300 });
  assert.equal(back.refunds[0].amount_refunded, 300);
  assert.deepEqual(await told(start, draft.id), [
    'invoice.created', 'invoice.updated', 'invoice.updated', 'invoice.updated', 'invoice.updated', 'invoice.finalized',
    'invoice.sent', 'invoice.updated', 'invoice.updated', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded',
    'invoice.updated',
  ]);
});

test('what else becomes of an invoice', async () => {
  const customer = await payer('pm_card_chargeCustomerFail');
  const invoice = async () => {
    const draft = await stripe.invoices.create({ customer: customer.id });
    await stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 800, currency: 'eur' });
    return draft.id;
  };
  const failing = await invoice();
  const error = await refused(stripe.invoices.pay(failing), 402, 'card_declined');
  assert.equal(error.decline_code, 'generic_decline');
  const after = await stripe.invoices.retrieve(failing);
  assert.deepEqual([after.status, after.attempt_count, after.attempted], ['open', 1, true]);
  assert.equal((await stripe.invoices.pay(failing, { paid_out_of_band: true })).status, 'paid');
  await refused(stripe.invoices.pay(failing), 400, 'invoice_already_paid');
  const voided = await invoice();
  await stripe.invoices.finalizeInvoice(voided, { auto_advance: false });
  assert.equal((await stripe.invoices.markUncollectible(voided)).status, 'uncollectible');
  assert.equal((await stripe.invoices.voidInvoice(voided)).status, 'void');
  const dropped = await invoice();
  assert.equal((await stripe.invoices.del(dropped)).deleted, true);
  await refused(stripe.invoices.retrieve(dropped), 404, 'resource_missing');
});
