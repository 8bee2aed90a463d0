import CHDF5

/// One name in a group and what it points to; nothing is followed yet.
struct Link {
  enum Target {
    /// An object of this file, by its address.
    case object(UInt64)
    case softLink
    case externalLink
    case userDefined
  }

  let name: String
  let target: Target

  init(name: String, info: H5L_info_t) {
    self.name = name
    target =
      switch info.type {
      case H5L_TYPE_HARD: .object(UInt64(info.u.address))
      case H5L_TYPE_SOFT: .softLink
      case H5L_TYPE_EXTERNAL: .externalLink
      default: .userDefined
      }
  }
}
