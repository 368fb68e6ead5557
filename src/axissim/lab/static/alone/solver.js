// The methods of axissim in JavaScript: Rosenbrock and explicit Runge-Kutta steps from the same
// tableaus, with the same control, dense output, and landing on doses and known switch times.

const [SAFETY, SHRINK, GROW, PRESENT, HISTORY] = [0.9, 0.2, 6.0, 1.25, 0.5];
const LEAST_SIZE = 1e-6;
const BLUR = 2.5e-12; // of the times: rates are not asked nearer to a switch
const LOST = 1e9;

// One run of a model.
//
// model: what axissim.lab.export writes: prepare, initial, rhs, jacobian, slope, observe, switches.
// tableau: {a, c, gamma, solution, error, dense, alpha, gammas, order}.
// given: {inputs, times, doses: [{state, amount, at}], rtol, atol, maxSteps}.
// Answers {status, states: [Float64Array a state], observables: [...], steps}.
export function solve(model, tableau, given) {
  const { times, rtol, atol } = given;
  const maxSteps = given.maxSteps ?? 20_000;
  const n = model.states.length;
  const q = Float64Array.from(given.inputs);
  const [start, stop] = [times[0], times[times.length - 1]];
  q[model.startTime] = start;
  const p = new Float64Array(model.fixed);
  model.prepare(q, p);
  let y = new Float64Array(n);
  model.initial(q, y);
  const out = saved(model, times, p);
  if (!n) { times.forEach((t, at) => out.keep(at, t, y)); return out.done("ok", 0); }
  const blur = BLUR * Math.max(Math.abs(start), Math.abs(stop), stop - start);
  const stops = moments(model.switches(q, p), given.doses, start, stop, blur);
  const peak = y.map(Math.abs);
  const step = stepper(model, tableau, p);
  const norm = (error, a, b) => {
    let total = 0;
    for (let i = 0; i < n; i += 1) {
      const size = Math.max(Math.abs(a[i]), Math.abs(b[i]));
      const floor = atol[i] < 0 ? -atol[i] * Math.max(size, peak[i], LEAST_SIZE) : atol[i];
      total += (error[i] / (floor + 1e-200 + rtol * size)) ** 2 + 0 * size;
    }
    return total / n;
  };
  let t = start;
  let next = 0; // the next moment to land on
  let point = 0; // the next time to save
  let [lo, last, rejecting, steps] = [start, 0, false, 0];
  const dose = () => {
    for (; next < stops.length && stops[next].at <= t + blur; next += 1) for (const { state, amount } of stops[next].doses) y[state] += amount;
    lo = next || stops.length ? t + blur : t;
  };
  dose();
  const keepUpTo = (end, value) => { for (; point < times.length && times[point] < end; point += 1) out.keep(point, times[point], value(times[point])); };
  let h = firstStep(model, p, y, lo, stop - start, tableau.order, norm, n);
  while (t < stop) {
    if (steps >= maxSteps) return out.done("max_steps", steps);
    if (h < 4 * Number.EPSILON * Math.abs(t)) return out.done("step_too_small", steps);
    const target = next < stops.length ? stops[next].at : stop;
    const lands = target - t <= 1.0001 * h;
    const used = lands ? target - t : h;
    const end = lands ? target : t + h;
    const { y1, error, dense, lost } = step(t, y, used, lo, lands && stops.length ? target - blur : end);
    const size = lost ? Infinity : norm(error, y, y1);
    steps += 1;
    const finite = size < 1e300;
    let [factor, logarithm] = [0.1, last];
    if (finite) {
      logarithm = 0.5 * Math.log(Math.max(size, 1e-16));
      factor = Math.min(Math.max(SAFETY * Math.exp((HISTORY * last - PRESENT * logarithm) / tableau.order), SHRINK), GROW);
    }
    if (!(finite && size <= 1)) { h = used * factor; rejecting = true; continue; }
    const from = t;
    const y0 = y;
    let vectors = null;
    keepUpTo(end, (at) => between((vectors ??= dense()), y0, y1, (at - from) / used));
    h = used * (rejecting ? Math.min(factor, 1) : factor);
    [t, lo, last, rejecting] = [end, end, logarithm, false];
    y = Float64Array.from(y1);
    for (let i = 0; i < n; i += 1) peak[i] = Math.max(peak[i], Math.abs(y[i]));
    if (lands) dose();
  }
  for (; point < times.length; point += 1) out.keep(point, times[point], y);
  return out.done("ok", steps);
}

function saved(model, times, p) {
  const rows = (count) => Array.from({ length: count }, () => new Float64Array(times.length).fill(NaN));
  const [states, observables] = [rows(model.states.length), rows(model.observables.length)];
  const o = new Float64Array(model.observables.length);
  return {
    keep(at, t, y) {
      for (let i = 0; i < y.length; i += 1) states[i][at] = y[i];
      model.observe(t, y, p, o);
      for (let i = 0; i < o.length; i += 1) observables[i][at] = o[i];
    },
    done: (status, steps) => ({ status, states, observables, steps }),
  };
}

// Every moment at which a step must end, in order, with the doses there.
function moments(switches, doses, start, stop, blur) {
  const found = doses.map(({ state, amount, at }) => ({ at, doses: [{ state, amount }] })).filter(({ at }) => at >= start && at <= stop);
  for (const [first, period] of switches) {
    if (!Number.isFinite(first)) continue;
    if (!(period > 0)) { if (first > start + blur && first < stop - blur) found.push({ at: first, doses: [] }); continue; }
    let at = first + period * Math.ceil((start + blur - first) / period);
    for (let count = 0; at < stop - blur && count < 100_000; count += 1) { found.push({ at, doses: [] }); at = first + period * Math.round((at - first) / period + 1); }
  }
  found.sort((a, b) => a.at - b.at);
  const merged = [];
  for (const one of found) {
    const last = merged[merged.length - 1];
    if (last && one.at - last.at <= blur) last.doses.push(...one.doses);
    else merged.push(one);
  }
  if (merged.length) merged.push({ at: stop, doses: [] });
  return merged.filter((one, at) => at === merged.length - 1 || one.at < stop || one.doses.length);
}

function firstStep(model, p, y, t, span, order, norm, n) {
  const [f, f1, at] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  model.rhs(t, y, p, f);
  const root = (values) => Math.sqrt(norm(values, y, y));
  const [size, speed] = [root(y), root(f)];
  let h = Math.min(size < 1e-5 || speed < 1e-5 / span ? 1e-6 * span : (0.01 * size) / speed, 0.1 * span);
  for (let i = 0; i < n; i += 1) at[i] = y[i] + h * f[i];
  model.rhs(t, at, p, f1);
  for (let i = 0; i < n; i += 1) f1[i] -= f[i];
  const scale = (speed * h) / root(f1);
  const guess = scale < span ? scale * (1 / (speed * scale)) ** (1 / order) : span;
  h = Math.min(100 * h, guess, span);
  return h > 0 ? h : 1e-6 * span;
}

function between(d, y0, y1, theta) {
  return y0.map((a, i) => (1 - theta) * a + theta * (y1[i] + (1 - theta) * d.reduceRight((sum, row) => row[i] + theta * sum, 0)));
}

// A function that takes one step: new value, error, and on request the vectors of the dense output.
function stepper(model, tableau, p) {
  const n = model.states.length;
  const { a, c, gamma, alpha, gammas, solution, error, dense } = tableau;
  const stages = a.length;
  const k = Array.from({ length: stages }, () => new Float64Array(n));
  const [y1, e, f, ft, stage, b] = Array.from({ length: 6 }, () => new Float64Array(n));
  const jac = new Float64Array(n * n);
  const lu = new Float64Array(n * n);
  const sum = (row, into, base, scale) => {
    for (let i = 0; i < n; i += 1) {
      let total = 0;
      for (let j = 0; j < row.length; j += 1) total += row[j] * k[j][i];
      into[i] = (base ? base[i] : 0) + scale * total;
    }
  };
  const step = (t, y, h, lo, hi) => {
    const scale = gamma ? 1 : h;
    let lost = false;
    if (gamma) {
      jac.fill(0);
      model.jacobian(lo, y, p, jac);
      model.slope(lo, y, p, ft);
      const { order } = model;
      for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) lu[i * n + j] = -jac[order[i] * n + order[j]];
      for (let i = 0; i < n; i += 1) lu[i * n + i] += 1 / (h * gamma);
      lost = factorise(lu, n) / (h * gamma) > LOST;
    }
    for (let s = 0; s < stages; s += 1) {
      sum(a[s], stage, y, scale);
      const moment = Math.min(Math.max(t + alpha[s] * h, lo), hi);
      model.rhs(moment, stage, p, gamma ? f : k[s]);
      if (!gamma) continue;
      sum(c[s], b, f, 1 / h);
      for (let i = 0; i < n; i += 1) b[i] += gammas[s] * h * ft[i];
      solved(lu, model.order, n, b, k[s]);
    }
    sum(solution, y1, y, scale);
    sum(error, e, null, scale);
    return { y1, error: e, lost, dense: () => dense.map((row) => { const d = new Float64Array(n); sum(row, d, null, scale); return d; }) };
  };
  return step;
}

// L U in the order that the model gives, without row exchanges: what is exactly zero stays so.
// Answers how large the inverse pivots are together: a sum that is too large has lost its digits.
function factorise(m, n) {
  let inverse = 0;
  for (let j = 0; j < n; j += 1) {
    const pivot = m[j * n + j];
    inverse += Math.abs(1 / pivot);
    for (let i = j + 1; i < n; i += 1) {
      if (m[i * n + j] === 0) continue;
      const factor = (m[i * n + j] /= pivot);
      for (let l = j + 1; l < n; l += 1) if (m[j * n + l] !== 0) m[i * n + l] -= factor * m[j * n + l];
    }
  }
  return inverse;
}

function solved(m, order, n, b, into) {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let sum = b[order[i]];
    for (let j = 0; j < i; j += 1) if (m[i * n + j] !== 0) sum -= m[i * n + j] * x[j];
    x[i] = sum;
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    let sum = x[i];
    for (let j = i + 1; j < n; j += 1) if (m[i * n + j] !== 0) sum -= m[i * n + j] * x[j];
    x[i] = sum / m[i * n + i];
    into[order[i]] = x[i];
  }
}
