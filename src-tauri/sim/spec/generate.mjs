// Writes operations.json: Stripe's v1 operations, and the parameters of those that the simulator answers.
// Run after adding an endpoint: node generate.mjs <stripe-conform>/spec.json.gz
import fs from 'node:fs';
import zlib from 'node:zlib';

const registry = fs.readFileSync(new URL('../src/registry/calls.rs', import.meta.url), 'utf8');
const ANSWERED = [...registry.matchAll(/"((?:GET|POST|DELETE) \/v1\/[^"]*)"/g)].map(match => match[1]);

const spec = JSON.parse(zlib.gunzipSync(fs.readFileSync(process.argv[2])));
const resolve = s => { while (s?.$ref) s = { ...spec.defs[s.$ref], nullable: s.nullable || spec.defs[s.$ref].nullable }; return s ?? {}; };

// Leaf: "string", "integer"… with "?" where an empty value unsets; {"enum"}, {"list"}, {"map"}, {"any"}, {"fields", "required"}.
function shape(schema) {
  const s = resolve(schema);
  const nullable = s.nullable ? { nullable: true } : {};
  if (s.anyOf) return { any: s.anyOf.map(shape), ...nullable };
  if (s.type === 'object') {
    if (!s.properties) return { map: 'string', ...nullable };
    const fields = Object.fromEntries(Object.entries(s.properties).map(([k, v]) => [k, shape(v)]));
    return { fields, ...(s.required?.length ? { required: s.required } : {}), ...nullable };
  }
  if (s.type === 'array') return { list: shape(s.items ?? {}), ...nullable };
  if (s.enum) return { enum: s.enum.map(String), ...nullable };
  return (s.format === 'decimal' ? 'decimal' : s.type ?? 'string') + (s.nullable ? '?' : '');
}

const seen = new Set();
const operations = [];
for (const op of spec.ops) {
  const key = `${op.method} ${op.path.replace(/\{[^}]*\}/g, '{}')}`;
  if (!op.path.startsWith('/v1/') || seen.has(key)) continue;
  seen.add(key);
  const answered = ANSWERED.includes(key);
  operations.push({ call: key, name: op.id.replace('Resource', ''), ...(answered ? { parameters: shape(op.params ?? { type: 'object', properties: {} }) } : {}) });
}
const missing = ANSWERED.filter(k => !seen.has(k));
if (missing.length) throw new Error(`not in the specification: ${missing.join(', ')}`);
operations.sort((a, b) => a.call.split(' ')[1].localeCompare(b.call.split(' ')[1]) || a.call.localeCompare(b.call));
const lines = operations.map(o => JSON.stringify(o)).join(',\n');
const events = Object.keys(spec.events).sort();
fs.writeFileSync(new URL('operations.json', import.meta.url), `{"api_version": ${JSON.stringify(spec.meta.api_version)}, "events": ${JSON.stringify(events)}, "operations": [\n${lines}\n]}\n`);
