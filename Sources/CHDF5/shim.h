#pragma once

// libhdf5 keeps the 1.10 spelling of calls that later versions turn into macros.
#define H5_USE_110_API
#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>  // Debian's folder, which is on no search path
#else
#include <hdf5.h>
#endif

#include "confinement.h"
#include "lzf.h"

// Swift does not import macros that hold a cast, a comma or a call, nor 1.10 names that are macros
// in later versions: each such thing gets a function.

static inline hid_t chdf5_default_properties(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_whole_extent(void) { return H5S_ALL; }
static inline hid_t chdf5_error_stack(void) { return H5E_DEFAULT; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t chdf5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t chdf5_native_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t chdf5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t chdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }

static inline herr_t chdf5_iterate_links(hid_t group, H5L_iterate_t visit, void *context) {
  hsize_t position = 0;
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &position, visit, context);
}

static inline herr_t chdf5_object_address(hid_t object, haddr_t *address) {
  H5O_info_t info;
  herr_t status = H5Oget_info2(object, &info, H5O_INFO_BASIC);
  if (status >= 0) *address = info.addr;
  return status;
}
