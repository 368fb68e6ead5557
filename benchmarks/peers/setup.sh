#!/bin/sh
# Sets up every peer: a copy of the peers' scripts, the C++ builds, a virtual environment a Python peer.
#
#   setup.sh SCRIPTS WORK [PEER...]
#
# SCRIPTS  the folder with common.py, bench_*.py, cpp/ and problems/; read only, copied to WORK/scripts
# WORK     the folder that gets scripts/ and venv-PEER/ (about 4 GB for all peers)
# PEER     of: axis cpp scipy numbalsoda roadrunner sundae diffrax casadi basico amici cvode; all
#          without any. "axis" is the problem of that name, from this repository's model: minutes
#
# Debian packages needed: g++ libsundials-dev libsuitesparse-dev libboost-dev; for AMICI also
# libopenblas-dev. PYTHON names the interpreter for the environments (default python3, 3.11),
# AXISSIM the one that has axissim (default .venv/bin/python of this repository).
# A peer that does not install is said on stderr and does not stop the others; exit 1 then.
set -u
[ $# -ge 2 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2; }
mkdir -p "$2"
scripts=$1 work=$(cd "$2" && pwd) here=$(cd "$(dirname "$0")" && pwd)
shift 2
[ $# -gt 0 ] || set -- axis cpp scipy numbalsoda roadrunner sundae diffrax casadi basico amici cvode
python=${PYTHON:-python3}
ours=${AXISSIM:-$here/../../.venv/bin/python}
failed=""

# Pinned: another version is another peer, and its figures are another table.
packages() {
  case $1 in
    scipy) echo "scipy==1.17.1 numba==0.68.1" ;;
    numbalsoda) echo "numbalsoda==0.3.4 numba==0.68.1" ;;
    roadrunner) echo "libroadrunner==2.10.0 numpy" ;;
    sundae) echo "scikit-sundae==1.2.0 numba==0.68.1" ;;
    diffrax) echo "diffrax==0.7.2 jax[cpu]==0.10.2" ;;
    casadi) echo "casadi==3.8.2 numpy" ;;
    basico) echo "copasi-basico==0.92 numpy" ;;
    amici) echo "swig==4.5.1" ;;
    *) return 1 ;;
  esac
}

environment() { # environment PEER: WORK/venv-PEER, made anew
  wanted=$(packages "$1") || { echo "$1: no such peer" >&2; return 1; }
  "$python" -m venv --clear "$work/venv-$1" || return 1
  # shellcheck disable=SC2086  # the list is meant to split
  "$work/venv-$1/bin/pip" install --quiet $wanted || return 1
  [ "$1" != amici ] || amici "$work/venv-amici/bin"
}

amici() { # it builds its C++ core on install and a model on first use, by the SWIG named here
  export SWIG="$1/swig"
  PATH="$1:$PATH" "$1/pip" install --quiet amici==1.0.1 || return 1
  # Its script imports a built model before what that model needs.
  sed -i 's/; import amici$/; import amici, amici.sim.sundials/' "$work/scripts/bench_amici.py"
  rm -rf "$work/scripts/amici_models" # a half-built model is taken for a whole one
  for problem in gyn best rober; do # lorenz: AMICI renames a state called x, its script cannot
    (cd "$work/scripts" && "$1/python" bench_amici.py "$problem") >/dev/null || return 1
  done
}

compiled() { # the C++ peers, one binary a problem, for this machine's vector width
  for problem in gyn best rober lorenz; do
    sh "$work/scripts/cpp/build.sh" "$problem" || return 1
  done
}

# The coupled axis: its equations from the model, and a reference by the C++ in long double.
axis() {
  "$ours" "$here/problem.py" "$work" || return 1
  sh "$work/scripts/cpp/build.sh" axis || return 1
  "$ours" "$here/problem.py" "$work" --check
}

# CVODE again, against the optimised SUNDIALS that AMICI has built: Debian's own is built without
# optimisation (6.4.1: every loop variable goes through the stack) and takes two to five times as long.
cvode() {
  sundials=$(echo "$work"/venv-amici/lib/python3*/site-packages/amici/_installation)
  [ -d "$sundials" ] || { echo "cvode: set up amici first" >&2; return 1; }
  mkdir -p "$work/include/cvode"
  echo '#include <cvodes/cvodes.h>' >"$work/include/cvode/cvode.h" # CVODES is CVODE and more
  for problem in gyn best rober lorenz axis; do
    g++ -std=c++17 -O3 -march=native -ffast-math -fno-finite-math-only -fopenmp -w \
      -mprefer-vector-width=512 -DPROBH="\"$work/scripts/problems/$problem.h\"" \
      -I"$work/include" -I"$sundials/include" -I"$sundials/include/suitesparse" \
      -I"$work/scripts/cpp" "$work/scripts/cpp/ens.cpp" -o "$work/scripts/cpp/ens_$problem.release" \
      -L"$sundials/lib" -lsundials_cvodes -lsundials_sunlinsolklu -lsundials_sunmatrixsparse \
      -lsundials_sunmatrixdense -lsundials_sunlinsoldense -lsundials_nvecserial -lsundials_core \
      -lklu -lamd -lcolamd -lbtf -lsuitesparseconfig -lmvec -lm || return 1
  done
}

if [ ! -d "$work/scripts" ]; then
  cp -r "$scripts" "$work/scripts"
  chmod -R u+w "$work/scripts"
  # Their scripts take 200 members with a reference for granted; `axis` has fewer, as it is slow.
  for peer in numbalsoda roadrunner casadi basico sundae scipy amici; do
    sed -i 's/\b200\b/SUB/g; s/\b400\b/(2*SUB)/g; s/m=load(p)/m=load(p); SUB=len(m["sub"])/' \
      "$work/scripts/bench_$peer.py"
  done
  # Nothing can be near a state that stays at 0 in relative terms: it is held to a scale of 1.
  sed -i 's/+1e-300$/+1e-3*(np.abs(ref).max((0,1))==0)+1e-300/' "$work/scripts/common.py"
fi
for peer in "$@"; do
  case $peer in
    axis) axis ;;
    cpp) compiled ;;
    cvode) cvode ;;
    *) environment "$peer" ;;
  esac || { echo "$peer: not set up" >&2; failed="$failed $peer"; }
done
[ -z "$failed" ]
