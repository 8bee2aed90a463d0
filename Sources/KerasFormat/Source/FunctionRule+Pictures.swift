import ModelFormat

/// The functions of `tf.image`.
extension FunctionRule {
  static let pictures: [String: FunctionRule] = [
    "image.adjust_brightness": adjustment("ops.AdjustBrightness", "delta"),
    "image.adjust_contrast": adjustment("ops.AdjustContrast", "contrast_factor"),
    "image.adjust_gamma": adjustment("ops.AdjustGamma", "gamma", "gain"),
    "image.adjust_hue": adjustment("ops.AdjustHue", "delta"),
    "image.adjust_saturation": adjustment("ops.AdjustSaturation", "saturation_factor"),
    "image.central_crop": adjustment("ops.CentralCrop", "central_fraction"),
    "image.combined_non_max_suppression": FunctionRule(
      className: "ops.CombinedNonMaxSuppression", operands: ["scores"],
      options: Dictionary(
        uniqueKeysWithValues: [
          "max_output_size_per_class", "max_total_size", "iou_threshold", "score_threshold",
          "pad_per_class", "clip_boxes",
        ].map { ($0, $0) })),
    "image.convert_image_dtype": FunctionRule(
      className: "ops.ConvertImageDtype", options: ["dtype": "dtype", "saturate": "saturate"]),
    "image.crop_and_resize": FunctionRule(
      className: "ops.CropAndResize", operands: ["boxes", "box_indices"],
      options: [
        "crop_size": "crop_size", "method": "method", "extrapolation_value": "extrapolation_value",
      ]),
    "image.crop_to_bounding_box": box("ops.CropImages", "cropping"),
    "image.extract_patches": FunctionRule(
      className: "ops.ExtractPatches",
      options: [
        "sizes": "size", "strides": "strides", "rates": "dilation_rate", "padding": "padding",
      ]),
    "image.flip_left_right": FunctionRule(className: "ops.Flip", defaults: ["axis": .int(-2)]),
    "image.flip_up_down": FunctionRule(className: "ops.Flip", defaults: ["axis": .int(-3)]),
    "image.grayscale_to_rgb": FunctionRule(
      className: "ops.Repeat", defaults: ["axis": .int(-1), "repeats": .int(3)]),
    "image.hsv_to_rgb": FunctionRule(className: "ops.HSVToRGB"),
    "image.pad_to_bounding_box": box("ops.PadImages", "padding"),
    "image.per_image_standardization": FunctionRule(className: "ops.PerImageStandardization"),
    "image.psnr": FunctionRule(
      className: "ops.PicturePSNR", operands: ["b"], options: ["max_val": "max_val"]),
    "image.resize": FunctionRule(
      className: "ops.Resize",
      options: [
        "size": "size", "method": "interpolation", "antialias": "antialias",
        "preserve_aspect_ratio": "keeps_aspect_ratio",
      ],
      defaults: ["computes_in_float": .bool(true)]),
    "image.resize_area": oldResizing("area"),
    "image.resize_bicubic": oldResizing("bicubic"),
    "image.resize_bilinear": oldResizing("bilinear"),
    "image.resize_images": oldResizing("bilinear"),
    "image.resize_nearest_neighbor": oldResizing("nearest"),
    "image.resize_with_crop_or_pad": adjustment("ops.CropOrPad", "target_height", "target_width"),
    "image.resize_with_pad": FunctionRule(
      className: "ops.ResizeWithPad",
      options: [
        "target_height": "height", "target_width": "width", "method": "interpolation",
        "antialias": "antialias",
      ],
      defaults: ["computes_in_float": .bool(true)]),
    "image.rgb_to_grayscale": FunctionRule(
      className: "ops.RGBToGrayscale", defaults: ["scales_type": .bool(true)]),
    "image.rgb_to_hsv": FunctionRule(className: "ops.RGBToHSV"),
    "image.rgb_to_yiq": colours([
      [0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617],
      [0.114, -0.32134392, 0.31119955],
    ]),
    "image.rgb_to_yuv": colours([
      [0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512],
      [0.114, 0.43601035, -0.10001026],
    ]),
    "image.rot90": FunctionRule(
      className: "ops.Rot90", options: ["k": "k"],
      defaults: ["axes": .array([.int(-3), .int(-2)]), "turns_all": .bool(true)]),
    "image.ssim": FunctionRule(
      className: "ops.SSIM", operands: ["img2"],
      options: [
        "max_val": "max_val", "filter_size": "filter_size", "filter_sigma": "filter_sigma",
        "k1": "k1", "k2": "k2",
      ],
      idle: ["return_index_map": .bool(false)]),
    "image.transpose": FunctionRule(
      className: "ops.Swapaxes", defaults: ["axis1": .int(-3), "axis2": .int(-2)]),
    "image.yiq_to_rgb": colours([
      [1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049],
    ]),
    "image.yuv_to_rgb": colours([
      [1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0],
    ]),
  ]

  /// A function of pictures whose parameters are options of the same names.
  private static func adjustment(_ name: String, _ options: String...) -> FunctionRule {
    FunctionRule(
      className: name, options: Dictionary(uniqueKeysWithValues: options.map { ($0, $0) }))
  }

  private static func box(_ name: String, _ kind: String) -> FunctionRule {
    FunctionRule(
      className: name,
      options: [
        "offset_height": "top_\(kind)", "offset_width": "left_\(kind)",
        "target_height": "target_height", "target_width": "target_width",
      ])
  }

  /// TensorFlow 1's resizing, whose way with corners the options tell.
  private static func oldResizing(_ interpolation: String) -> FunctionRule {
    FunctionRule(
      className: "ops.Resize",
      options: [
        "size": "size", "images_size": "size", "method": "interpolation",
        "align_corners": "align_corners", "half_pixel_centers": "half_pixel_centers",
        "preserve_aspect_ratio": "keeps_aspect_ratio",
      ],
      defaults: [
        "computes_in_float": .bool(true), "interpolation": .string(interpolation),
        "align_corners": .bool(false), "half_pixel_centers": .bool(false),
      ])
  }

  /// Colours multiplied by a matrix.
  private static func colours(_ matrix: [[Double]]) -> FunctionRule {
    FunctionRule(
      className: "ops.Tensordot", defaults: ["axes": .int(1)],
      constants: [.array(matrix.map { .array($0.map { .double($0) }) })])
  }
}
