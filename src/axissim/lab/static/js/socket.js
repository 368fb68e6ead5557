// The line to the server. Of each kind of question one is under way; the newest one waits.

export class Line {
  constructor({ onAnswer, onError, onState }) {
    Object.assign(this, { onAnswer, onError, onState });
    this.number = 0;
    this.asked = new Map(); // kind -> {number, since} under way
    this.next = new Map(); // kind -> what to ask then
    this.times = []; // ms from question to answer, the last 200
    this.wait = 250;
    this.connect();
  }

  connect() {
    this.socket = new WebSocket(`ws://${location.host}/ws`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.wait = 250;
      this.onState("open");
      for (const [kind, message] of [...this.next]) this.send(kind, message);
    };
    this.socket.onmessage = ({ data }) => this.take(typeof data === "string" ? JSON.parse(data) : unpacked(data));
    this.socket.onclose = () => {
      for (const [kind, { message }] of this.asked) if (!this.next.has(kind)) this.next.set(kind, message);
      this.asked.clear();
      this.onState("closed");
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, 5000);
    };
  }

  ask(kind, message) {
    if (this.asked.has(kind) || this.socket.readyState !== WebSocket.OPEN) this.next.set(kind, message);
    else this.send(kind, message);
  }

  send(kind, message) {
    this.next.delete(kind);
    this.number += 1;
    this.asked.set(kind, { number: this.number, since: performance.now(), message });
    this.socket.send(JSON.stringify({ ...message, kind, n: this.number }));
    this.onState("asking");
  }

  take(answer) {
    const kind = answer.kind === "error" ? answer.of : answer.kind;
    const asked = this.asked.get(kind);
    if (asked && answer.n === asked.number) {
      this.asked.delete(kind);
      this.times = [...this.times.slice(-199), performance.now() - asked.since];
    }
    const waiting = this.next.get(kind);
    if (waiting) this.send(kind, waiting);
    else if (!this.asked.size) this.onState("idle");
    if (answer.kind === "error") this.onError(answer, asked?.message);
    else this.onAnswer(answer, asked?.message);
  }

  get busySince() {
    const times = [...this.asked.values()].map(({ since }) => since);
    return times.length ? Math.min(...times) : null;
  }
}

// A header and arrays; an array of two or three dimensions as lists of arrays.
function unpacked(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  for (const [key, shape] of Object.entries(header.arrays)) {
    const size = shape.reduce((a, b) => a * b, 1);
    header[key] = shaped(new Float32Array(buffer, at, size), shape);
    at += 4 * size;
  }
  return header;
}

function shaped(flat, [first, ...rest]) {
  if (!rest.length) return flat;
  const size = flat.length / (first || 1);
  return Array.from({ length: first }, (_, i) => shaped(flat.subarray(i * size, (i + 1) * size), rest));
}
