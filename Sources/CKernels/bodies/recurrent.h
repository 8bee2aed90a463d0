// The elementwise part of LSTM and GRU steps, after the products.

#define FUSED(activation, recurrent) \
  ((activation)->kind == CK_TANH && (recurrent)->kind == CK_SIGMOID)

static void lstm_cell(ptrdiff_t batch, ptrdiff_t units, float *z, ptrdiff_t z_stride, float *c,
                      ptrdiff_t c_stride, float *h, ptrdiff_t h_stride,
                      const ck_activation *activation, const ck_activation *recurrent) {
  int fused = FUSED(activation, recurrent);
  for (ptrdiff_t b = 0; b < batch; b++, z += z_stride, c += c_stride, h += h_stride) {
    if (!fused) {
      activate(recurrent, 2 * units, z, z);
      activate(activation, units, z + 2 * units, z + 2 * units);
      activate(recurrent, units, z + 3 * units, z + 3 * units);
    }
    for (ptrdiff_t i = 0; i < units; i += LANES) {
      ptrdiff_t lanes = min_of(LANES, units - i);
      vec in = take(z + i, lanes), forget = take(z + units + i, lanes);
      vec new = take(z + 2 * units + i, lanes), out = take(z + 3 * units + i, lanes);
      if (fused) {
        in = sigmoid_of(in), forget = sigmoid_of(forget);
        new = tanh_of(new), out = sigmoid_of(out);
      }
      vec state = forget * take(c + i, lanes) + in * new;
      put(c + i, state, lanes);
      put(h + i, fused ? out * tanh_of(state) : state, lanes);
    }
    if (!fused) {
      activate(activation, units, h, h);
      for (ptrdiff_t i = 0; i < units; i++) h[i] *= z[3 * units + i];
    }
  }
}

// out = z * h + (1 - z) * candidate
INLINE vec blend(vec z, vec h, vec candidate) { return z * h + (splat(1.0f) - z) * candidate; }

static void gru_cell(ptrdiff_t batch, ptrdiff_t units, const float *x, ptrdiff_t x_stride,
                     float *r, ptrdiff_t r_stride, const float *h, ptrdiff_t h_stride, float *out,
                     ptrdiff_t out_stride, const ck_activation *activation,
                     const ck_activation *recurrent) {
  int fused = FUSED(activation, recurrent);
  for (ptrdiff_t b = 0; b < batch;
       b++, x += x_stride, r += r_stride, h += h_stride, out += out_stride) {
    if (!fused) {
      for (ptrdiff_t i = 0; i < 2 * units; i++) r[i] += x[i];
      activate(recurrent, 2 * units, r, r);
      for (ptrdiff_t i = 0; i < units; i++)
        r[2 * units + i] = x[2 * units + i] + r[units + i] * r[2 * units + i];
      activate(activation, units, r + 2 * units, r + 2 * units);
    }
    for (ptrdiff_t i = 0; i < units; i += LANES) {
      ptrdiff_t lanes = min_of(LANES, units - i);
      vec update = take(r + i, lanes), candidate = take(r + 2 * units + i, lanes);
      if (fused) {
        update = sigmoid_of(update + take(x + i, lanes));
        vec reset = sigmoid_of(take(r + units + i, lanes) + take(x + units + i, lanes));
        candidate = tanh_of(take(x + 2 * units + i, lanes) + reset * candidate);
      }
      put(out + i, blend(update, take(h + i, lanes), candidate), lanes);
    }
  }
}

static void gru_reset(ptrdiff_t batch, ptrdiff_t units, float *gates, ptrdiff_t gates_stride,
                      const float *h, ptrdiff_t h_stride, float *reset, ptrdiff_t reset_stride,
                      const ck_activation *recurrent) {
  for (ptrdiff_t b = 0; b < batch;
       b++, gates += gates_stride, h += h_stride, reset += reset_stride) {
    activate(recurrent, 2 * units, gates, gates);
    for (ptrdiff_t i = 0; i < units; i++) reset[i] = gates[units + i] * h[i];
  }
}

static void gru_update(ptrdiff_t batch, ptrdiff_t units, const float *gates,
                       ptrdiff_t gates_stride, float *candidate, ptrdiff_t candidate_stride,
                       const float *h, ptrdiff_t h_stride, float *out, ptrdiff_t out_stride,
                       const ck_activation *activation) {
  for (ptrdiff_t b = 0; b < batch; b++, gates += gates_stride, candidate += candidate_stride,
                 h += h_stride, out += out_stride) {
    activate(activation, units, candidate, candidate);
    for (ptrdiff_t i = 0; i < units; i++)
      out[i] = gates[i] * h[i] + (1 - gates[i]) * candidate[i];
  }
}
