"""Small Antimony texts to be damaged, one for each thing that the language can say."""

TEXTS = (
    "model decay()\n k = 0.3\n x' = -k*x\n x = 1\nend\n",
    """model network()
  compartment cell = 2; species S1 in cell, $S2 in cell, S3 in cell
  J0: S1 -> S3; k1*S1; J1: 2 S3 => S2; k2*S3^2/(K + S3)
  S1 = 10; S2 = 0; S3 = 0; k1 = 0.5; k2 = 0.1; K = 3
end
""",
    """model rules()
  a := 2*b + time; b := sin(c); c = 0.4; d' = a - d; d = 1
  p := piecewise(1, d > 2, 0); e = a0*3; a0 = 2; const a0
end
""",
    """model bounce()
  h' = v; v' = -g; h = 10; v = 0; g = 9.81; e = 0.8; n = 0
  hit: at h < 0, t0 = false: v = -e*v, h = 0, n = n + 1
end
""",
    """model doses()
  x' = -0.3*x; x = 0; y = 0
  A: at time > 2: x = x + 5
  B: at 3 after x > 4, priority = 2, persistent = false, fromTrigger = false: y = x
  C: at sin(time) > 0.5 && x < 3: x = x + 1
end
""",
    "model late()\n x' = -2*delay(x, 1.5) + k; x = 1; k = 0.1\nend\n",
    """function hill(x, K, n)
  x^n/(K^n + x^n)
end
model calls()
  y' = hill(u, 2, 4) - 0.3*y; u := 2 + 2*sin(time); y = 0
end
""",
    """model part(drive)
  x' = drive - x; x = 0
end
model *whole()
  A: part(f); B: part(g); f := 1 + B.x; g := 2 - A.x
end
""",
    """model units()
  unit nM = 1e-9 mole/litre; unit per_h = 1/(3600 second)
  x = 3 nM; x has nM; k = 0.2 per_h; k has per_h; x' = -k*x; x is "hormone"
end
""",
)
