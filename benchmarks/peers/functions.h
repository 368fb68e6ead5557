// Functions that the number types of the C++ peers lack; a truth is 1 or 0.
// Those of eight lanes at once are the C library's (libmvec).
#define LANES(f) extern "C" vd _ZGVeN8v_##f(vd);
LANES(exp) LANES(log) LANES(sin) LANES(cos) LANES(tanh)
#define AT_ONCE(f) static inline V f##_(V a) { return V(_ZGVeN8v_##f(a.v)); }
AT_ONCE(exp) AT_ONCE(log) AT_ONCE(sin) AT_ONCE(cos) AT_ONCE(tanh)
#define ONE_BY_ONE(f) static inline V f##_(V a) { \
  vd r; for (int i = 0; i < VW; i++) r[i] = std::f(a.v[i]); return V(r); }
ONE_BY_ONE(sqrt) ONE_BY_ONE(floor) ONE_BY_ONE(ceil) ONE_BY_ONE(tan) ONE_BY_ONE(log10)
ONE_BY_ONE(sinh) ONE_BY_ONE(cosh) ONE_BY_ONE(asin) ONE_BY_ONE(acos) ONE_BY_ONE(atan)
ONE_BY_ONE(asinh) ONE_BY_ONE(acosh) ONE_BY_ONE(atanh)
#define SCALAR(f) template<class T> static inline T f##_(T a) { return std::f(a); }
SCALAR(exp) SCALAR(log) SCALAR(sin) SCALAR(cos) SCALAR(tanh) SCALAR(sqrt) SCALAR(floor)
SCALAR(ceil) SCALAR(tan) SCALAR(log10) SCALAR(sinh) SCALAR(cosh) SCALAR(asin) SCALAR(acos)
SCALAR(atan) SCALAR(asinh) SCALAR(acosh) SCALAR(atanh)
#define TRUTH(f, op) \
  template<class T> static inline T f##_(T a, T b) { return a op b ? T(1) : T(0); } \
  static inline V f##_(V a, V b) { \
    vd one = V(1.0).v, none = V(0.0).v; return V(a.v op b.v ? one : none); }
TRUTH(lt, <) TRUTH(le, <=) TRUTH(gt, >) TRUTH(ge, >=) TRUTH(eq, ==) TRUTH(ne, !=)
template<class T> static inline T where_(T c, T x, T y) { return c != T(0) ? x : y; }
static inline V where_(V c, V x, V y) { vd none = V(0.0).v; return V(c.v != none ? x.v : y.v); }
template<class T> static inline T min_(T a, T b) { return a < b ? a : b; }
template<class T> static inline T max_(T a, T b) { return a > b ? a : b; }
static inline V min_(V a, V b) { return V(a.v < b.v ? a.v : b.v); }
static inline V max_(V a, V b) { return V(a.v > b.v ? a.v : b.v); }
template<class T> static inline T pow_(T a, T b) { return std::pow(a, b); }
static inline V pow_(V a, V b) { return V(VPOW(a.v, b.v)); }
