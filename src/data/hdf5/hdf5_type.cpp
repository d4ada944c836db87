// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/hdf5_type.hpp"

#include "tusk/error.hpp"

namespace tusk::hdf5 {
namespace {

// IEEE 754 half precision.
Handle half_precision(H5T_order_t order) {
  Handle type(checked(H5Tcopy(H5T_IEEE_F32LE), "H5Tcopy"), H5Tclose);
  H5Tset_fields(type.id(), 15, 10, 5, 0, 10);
  H5Tset_size(type.id(), 2);
  H5Tset_ebias(type.id(), 15);
  H5Tset_order(type.id(), order);
  return type;
}

std::optional<ElementType> integer_type(hid_t type) {
  const std::size_t size = H5Tget_size(type);
  if (H5Tget_precision(type) != 8 * size || H5Tget_offset(type) != 0) return std::nullopt;
  const bool has_sign = H5Tget_sign(type) == H5T_SGN_2;
  switch (size) {
    case 1:
      return has_sign ? ElementType::i8 : ElementType::u8;
    case 2:
      return has_sign ? ElementType::i16 : ElementType::u16;
    case 4:
      return has_sign ? ElementType::i32 : ElementType::u32;
    case 8:
      return has_sign ? ElementType::i64 : ElementType::u64;
    default:
      return std::nullopt;
  }
}

std::optional<ElementType> float_type(hid_t type) {
  const auto is = [type](hid_t other) { return H5Tequal(type, other) > 0; };
  if (is(H5T_IEEE_F32LE) || is(H5T_IEEE_F32BE)) return ElementType::f32;
  if (is(H5T_IEEE_F64LE) || is(H5T_IEEE_F64BE)) return ElementType::f64;
  if (is_half_precision(type)) return ElementType::f32;
  return std::nullopt;
}

}  // namespace

bool is_half_precision(hid_t type) {
  const Handle little = half_precision(H5T_ORDER_LE);
  const Handle big = half_precision(H5T_ORDER_BE);
  return H5Tequal(type, little.id()) > 0 || H5Tequal(type, big.id()) > 0;
}

Handle native_half_precision() { return half_precision(H5Tget_order(H5T_NATIVE_FLOAT)); }

std::optional<ElementType> element_type_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return integer_type(type);
    case H5T_FLOAT:
      return float_type(type);
    default:
      return std::nullopt;
  }
}

std::string describe_type(hid_t type) {
  if (const auto element = element_type_of(type)) return std::string(name_of(*element));
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return "integers of an unusual size";
    case H5T_FLOAT:
      return "floats of an unusual format";
    case H5T_STRING:
      return "strings";
    case H5T_COMPOUND:
      return "records";
    case H5T_ENUM:
      return "enumerated values (h5py stores booleans so: write them by .astype('uint8'))";
    case H5T_ARRAY:
      return "arrays";
    case H5T_VLEN:
      return "sequences of variable length";
    case H5T_REFERENCE:
      return "references";
    case H5T_OPAQUE:
      return "opaque bytes";
    case H5T_BITFIELD:
      return "bit fields";
    default:
      return "an unknown type";
  }
}

hid_t native_type(ElementType type) {
  switch (type) {
    case ElementType::u8:
      return H5T_NATIVE_UINT8;
    case ElementType::i8:
      return H5T_NATIVE_INT8;
    case ElementType::u16:
      return H5T_NATIVE_UINT16;
    case ElementType::i16:
      return H5T_NATIVE_INT16;
    case ElementType::u32:
      return H5T_NATIVE_UINT32;
    case ElementType::i32:
      return H5T_NATIVE_INT32;
    case ElementType::u64:
      return H5T_NATIVE_UINT64;
    case ElementType::i64:
      return H5T_NATIVE_INT64;
    case ElementType::f32:
      return H5T_NATIVE_FLOAT;
    case ElementType::f64:
      return H5T_NATIVE_DOUBLE;
  }
  fail(ExitCode::internal, "no such element type");
}

}  // namespace tusk::hdf5
