// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Large enough for parallel loops: sigmoid, max pool, matrix product; the map
// is the input times the sum of the pooled values, scaled by the target.
#id = affine_map<(n, h, w, c) -> (n, h, w, c)>
func.func @explain(%input: tensor<1x64x64x40xf32> {saliency.role = "input"},
                   %target: tensor<1xi64> {saliency.role = "target"},
                   %scales: tensor<?x3xf32> {saliency.role = "tensor:scales"})
    -> (tensor<1x64x64x40xf32> {saliency.role = "map"},
        tensor<1x16xf32> {saliency.role = "logits"}) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lowest = arith.constant 0xFF800000 : f32
  %w = arith.constant dense<0.25> : tensor<40x16xf32>
  %e = tensor.empty() : tensor<1x64x64x40xf32>
  %s = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%input : tensor<1x64x64x40xf32>) outs(%e : tensor<1x64x64x40xf32>) {
  ^bb0(%x: f32, %o: f32):
    %n = arith.negf %x : f32
    %p = math.exp %n : f32
    %q = arith.addf %p, %one : f32
    %y = arith.divf %one, %q : f32
    linalg.yield %y : f32
  } -> tensor<1x64x64x40xf32>
  %pe = tensor.empty() : tensor<1x32x32x40xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %pf = linalg.fill ins(%lowest : f32) outs(%pe : tensor<1x32x32x40xf32>) -> tensor<1x32x32x40xf32>
  %pool = linalg.pooling_nhwc_max {strides = dense<2> : vector<2xi64>}
      ins(%s, %window : tensor<1x64x64x40xf32>, tensor<2x2xf32>) outs(%pf : tensor<1x32x32x40xf32>) -> tensor<1x32x32x40xf32>
  %me = tensor.empty() : tensor<1x40xf32>
  %mf = linalg.fill ins(%zero : f32) outs(%me : tensor<1x40xf32>) -> tensor<1x40xf32>
  %mean = linalg.generic {indexing_maps = [#id, affine_map<(n, h, w, c) -> (n, c)>], iterator_types = ["parallel", "reduction", "reduction", "parallel"]}
      ins(%pool : tensor<1x32x32x40xf32>) outs(%mf : tensor<1x40xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.addf %o, %x : f32
    linalg.yield %y : f32
  } -> tensor<1x40xf32>
  %le = tensor.empty() : tensor<1x16xf32>
  %lf = linalg.fill ins(%zero : f32) outs(%le : tensor<1x16xf32>) -> tensor<1x16xf32>
  %logits = linalg.matmul ins(%mean, %w : tensor<1x40xf32>, tensor<40x16xf32>) outs(%lf : tensor<1x16xf32>) -> tensor<1x16xf32>

  // The target-th logit times the first number of the last row of scales, or 1.
  %rows = tensor.dim %scales, %c0 : tensor<?x3xf32>
  %none = arith.cmpi eq, %rows, %c0 : index
  %scale = scf.if %none -> f32 {
    scf.yield %one : f32
  } else {
    %last = arith.subi %rows, %c1 : index
    %v = tensor.extract %scales[%last, %c0] : tensor<?x3xf32>
    scf.yield %v : f32
  }
  %t = tensor.extract %target[%c0] : tensor<1xi64>
  %ti = arith.index_cast %t : i64 to index
  %logit = tensor.extract %logits[%c0, %ti] : tensor<1x16xf32>
  %factor = arith.mulf %logit, %scale : f32
  %map = linalg.generic {indexing_maps = [#id, #id, affine_map<(n, h, w, c) -> (n, c)>, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%input, %s, %mean : tensor<1x64x64x40xf32>, tensor<1x64x64x40xf32>, tensor<1x40xf32>) outs(%e : tensor<1x64x64x40xf32>) {
  ^bb0(%x: f32, %y: f32, %m: f32, %o: f32):
    %a = arith.mulf %x, %y : f32
    %b = arith.mulf %a, %m : f32
    %c = arith.mulf %b, %factor : f32
    linalg.yield %c : f32
  } -> tensor<1x64x64x40xf32>
  return %map, %logits : tensor<1x64x64x40xf32>, tensor<1x16xf32>
}
