// Moving elements without computing: transposition, strided copies, rows by index.
#include "internal.h"

// Runs over all axes but the inner two; those are `body`'s.
struct walk {
  int32_t rank;
  ptrdiff_t size[CK_MAX_RANK], from[CK_MAX_RANK], to[CK_MAX_RANK];
};

#define BLOCK 16

// An element of 16 bytes: the place of a string.
struct pair {
  uint64_t first, second;
};

// size[0] x size[1] elements, in squares so that both sides stay within a few cache lines.
#define PLANE(type)                                                                        \
  for (ptrdiff_t i0 = 0; i0 < rows; i0 += BLOCK)                                           \
    for (ptrdiff_t j0 = 0; j0 < columns; j0 += BLOCK)                                      \
      for (ptrdiff_t i = i0; i < min_of(rows, i0 + BLOCK); i++)                            \
        for (ptrdiff_t j = j0; j < min_of(columns, j0 + BLOCK); j++)                       \
          ((type *)y)[i * to0 + j * to1] = ((const type *)x)[i * from0 + j * from1];       \
  break;

static void copy_plane(size_t bytes, ptrdiff_t rows, ptrdiff_t columns, const char *x,
                       ptrdiff_t from0, ptrdiff_t from1, char *y, ptrdiff_t to0, ptrdiff_t to1) {
  if (from1 == 1 && to1 == 1) {
    for (ptrdiff_t i = 0; i < rows; i++)
      memcpy(y + i * to0 * (ptrdiff_t)bytes, x + i * from0 * (ptrdiff_t)bytes,
             (size_t)columns * bytes);
    return;
  }
  switch (bytes) {
    case 1: PLANE(uint8_t)
    case 2: PLANE(uint16_t)
    case 4: PLANE(uint32_t)
    case 8: PLANE(uint64_t)
    case 16: PLANE(struct pair)
  }
}

static void walk_from(const struct walk *w, int32_t axis, size_t bytes, const char *x, char *y) {
  if (axis + 2 == w->rank) {
    copy_plane(bytes, w->size[axis], w->size[axis + 1], x, w->from[axis], w->from[axis + 1], y,
               w->to[axis], w->to[axis + 1]);
    return;
  }
  for (ptrdiff_t i = 0; i < w->size[axis]; i++)
    walk_from(w, axis + 1, bytes, x + i * w->from[axis] * (ptrdiff_t)bytes,
              y + i * w->to[axis] * (ptrdiff_t)bytes);
}

// Adds an axis inside the others, or merges it with the last where both sides run on.
static void push(struct walk *w, ptrdiff_t size, ptrdiff_t from, ptrdiff_t to) {
  if (size == 1) return;
  int32_t last = w->rank - 1;
  if (last >= 0 && w->from[last] == from * size && w->to[last] == to * size) {
    w->size[last] *= size;
    w->from[last] = from;
    w->to[last] = to;
    return;
  }
  w->size[w->rank] = size;
  w->from[w->rank] = from;
  w->to[w->rank] = to;
  w->rank++;
}

static void run(struct walk *w, size_t bytes, const void *x, void *y) {
  for (int32_t i = 0; i < w->rank; i++)
    if (w->size[i] == 0) return;
  // At least two axes, the inner two last.
  while (w->rank < 2) {
    for (int32_t i = w->rank; i > 0; i--) {
      w->size[i] = w->size[i - 1];
      w->from[i] = w->from[i - 1];
      w->to[i] = w->to[i - 1];
    }
    w->size[0] = 1, w->from[0] = w->rank ? 0 : 1, w->to[0] = w->rank ? 0 : 1;
    w->rank++;
  }
  walk_from(w, 0, bytes, x, y);
}

void ck_copy(int32_t rank, const ptrdiff_t *dims, size_t element_bytes, const void *x,
             const ptrdiff_t *x_strides, void *y, const ptrdiff_t *y_strides) {
  struct walk w = {.rank = 0};
  for (int32_t i = 0; i < rank; i++) push(&w, dims[i], x_strides[i], y_strides[i]);
  run(&w, element_bytes, x, y);
}

// Moves the axis along which x is contiguous next to the last axis of y, so that the plane below
// both reads and writes runs.
static void bring_in(struct walk *w) {
  for (int32_t i = 0; i + 2 < w->rank; i++) {
    if (w->from[i] != 1) continue;
    ptrdiff_t size = w->size[i], from = w->from[i], to = w->to[i];
    for (int32_t j = i; j + 2 < w->rank; j++) {
      w->size[j] = w->size[j + 1];
      w->from[j] = w->from[j + 1];
      w->to[j] = w->to[j + 1];
    }
    w->size[w->rank - 2] = size, w->from[w->rank - 2] = from, w->to[w->rank - 2] = to;
    return;
  }
}

void ck_permute(int32_t rank, const ptrdiff_t *dims, const int32_t *axes, size_t element_bytes,
                const void *x, void *y) {
  ptrdiff_t x_strides[CK_MAX_RANK], y_strides[CK_MAX_RANK];
  ptrdiff_t step = 1;
  for (int32_t i = rank - 1; i >= 0; i--) {
    x_strides[i] = step;
    step *= dims[i];
  }
  step = 1;
  for (int32_t i = rank - 1; i >= 0; i--) {
    y_strides[i] = step;
    step *= dims[axes[i]];
  }
  struct walk w = {.rank = 0};
  for (int32_t i = 0; i < rank; i++) push(&w, dims[axes[i]], x_strides[axes[i]], y_strides[i]);
  bring_in(&w);
  run(&w, element_bytes, x, y);
}

ptrdiff_t ck_gather(ptrdiff_t n, const int32_t *indices, ptrdiff_t count, ptrdiff_t width,
                    const float *table, float *y) {
  for (ptrdiff_t i = 0; i < n; i++, y += width) {
    if (indices[i] < 0 || indices[i] >= count) return i;
    memcpy(y, table + indices[i] * width, (size_t)width * sizeof(float));
  }
  return n;
}
