// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_ATTRIBUTES_TD
#define SALIENCY_ATTRIBUTES_TD

include "dialect/SaliencyDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Saliency_WindowAttr : AttrDef<Saliency_Dialect, "Window"> {
  let mnemonic = "window";
  let summary = "The sliding window of a convolution or pool, one entry per spatial axis";
  let description = [{
    ```mlir
    #saliency.window<kernel = [3, 3], strides = [2, 2], low = [0, 0], high = [1, 1], dilations = [1, 1]>
    ```
    `low` and `high` are the cells of padding before and after the data.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$kernel, ArrayRefParameter<"int64_t">:$strides,
                        ArrayRefParameter<"int64_t">:$low, ArrayRefParameter<"int64_t">:$high,
                        ArrayRefParameter<"int64_t">:$dilations);
  let assemblyFormat = [{
    `<` `kernel` `=` `[` $kernel `]` `,` `strides` `=` `[` $strides `]` `,` `low` `=` `[` $low `]` `,`
        `high` `=` `[` $high `]` `,` `dilations` `=` `[` $dilations `]` `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Number of spatial axes.
    size_t getRank() const { return getKernel().size(); }
    /// Extent of the window along `axis`, dilation included.
    int64_t getSpan(size_t axis) const { return (getKernel()[axis] - 1) * getDilations()[axis] + 1; }
    /// Output extent along `axis` for `extent` cells of data, or a value < 1 where the window does not fit. With `ceil`,
    /// a last window that is only partly inside counts, provided that it starts inside the data or the low padding.
    int64_t getOutputExtent(size_t axis, int64_t extent, bool ceil = false) const;
  }];
}

def Saliency_Division : I32EnumAttr<"Division", "how a / b behaves near b = 0", [
    I32EnumAttrCase<"Plain", 0, "plain">,              // a / b
    I32EnumAttrCase<"Stab", 1, "stab">,                // a / (b + e s), s = sign b, sign 0 = +1
    I32EnumAttrCase<"StabClip", 2, "stab_clip">,       // a / (s max(|b|, e))
    I32EnumAttrCase<"StabRms", 3, "stab_rms">,         // e scaled by the root mean square of b over the sample
    I32EnumAttrCase<"ZeroSafe", 4, "zero_safe">,       // 0 where b = 0, else a / b
    I32EnumAttrCase<"ZeroBump", 5, "zero_bump">,       // a / e where b = 0, else a / b
    I32EnumAttrCase<"Plus", 6, "plus">,                // a / (b + e)
    I32EnumAttrCase<"PlusMasked", 7, "plus_masked">]> { // a / (b + e) where b != 0, else 0
  let cppNamespace = "::saliency";
  let genSpecializedAttr = 0;
}
def Saliency_DivisionAttr : EnumAttr<Saliency_Dialect, Saliency_Division, "division"> { let assemblyFormat = "`<` $value `>`"; }

def Saliency_Reduction : I32EnumAttr<"Reduction", "what a reduction computes", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Mean", 1, "mean">, I32EnumAttrCase<"Max", 2, "max">,
    I32EnumAttrCase<"Min", 3, "min">, I32EnumAttrCase<"CountNonZero", 4, "count_nonzero">]> {
  let cppNamespace = "::saliency";
  let genSpecializedAttr = 0;
}
def Saliency_ReductionAttr : EnumAttr<Saliency_Dialect, Saliency_Reduction, "reduction"> { let assemblyFormat = "`<` $value `>`"; }

def Saliency_ResizeMode : I32EnumAttr<"ResizeMode", "how a map is resampled", [
    I32EnumAttrCase<"Nearest", 0, "nearest">,                    // src = floor(dst in / out)
    I32EnumAttrCase<"HalfPixel", 1, "half_pixel">,               // bilinear, src = (dst + .5) in / out - .5, clamped
    I32EnumAttrCase<"AlignCorners", 2, "align_corners">,         // bilinear, src = dst (in - 1) / (out - 1)
    I32EnumAttrCase<"Cubic", 3, "cubic">]> {                     // Keys 1981, a = -1/2, src as half_pixel unclamped; no weight outside
  let cppNamespace = "::saliency";
  let genSpecializedAttr = 0;
}
def Saliency_ResizeModeAttr : EnumAttr<Saliency_Dialect, Saliency_ResizeMode, "resize_mode"> { let assemblyFormat = "`<` $value `>`"; }

def Saliency_Distribution : I32EnumAttr<"Distribution", "what a draw follows", [
    I32EnumAttrCase<"Uniform", 0, "uniform">,                    // in [0, 1)
    I32EnumAttrCase<"Normal", 1, "normal">]> {                   // mean 0, variance 1
  let cppNamespace = "::saliency";
  let genSpecializedAttr = 0;
}
def Saliency_DistributionAttr : EnumAttr<Saliency_Dialect, Saliency_Distribution, "distribution"> { let assemblyFormat = "`<` $value `>`"; }

#endif // SALIENCY_ATTRIBUTES_TD
