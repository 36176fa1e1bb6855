// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolution, ReLU, mean, dense layer, and the gradient of one class.
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#ch = affine_map<(n, c, h, w) -> (c)>
#m2 = affine_map<(n, k) -> (n, k)>
#k = affine_map<(n, k) -> (k)>
func.func @explain(%input: tensor<2x1x6x6xf32> {saliency.role = "input"}, %target: tensor<2xi64> {saliency.role = "target"})
   -> (tensor<2x1x6x6xf32> {saliency.role = "map"}, tensor<2x5xf32> {saliency.role = "logits"}, tensor<2x3x4x4xf32> {saliency.role = "layer:conv"}) {
  %w = arith.constant dense<[[[[1.,-2.,3.],[4.,5.,-6.],[7.,8.,9.]]],[[[-1.,2.,3.],[4.,-5.,6.],[7.,8.,-9.]]],[[[1.,2.,3.],[4.,5.,6.],[7.,8.,9.]]]]> : tensor<3x1x3x3xf32>
  %b = arith.constant dense<[0.5, 1.0, -0.5]> : tensor<3xf32>
  %fc = arith.constant dense<[[1.,2.,3.],[4.,5.,6.],[-7.,8.,9.],[1.,1.,-1.],[0.5,0.25,2.]]> : tensor<5x3xf32>
  %zero = arith.constant 0.0 : f32
  %c16 = arith.constant 16.0 : f32
  %e = tensor.empty() : tensor<2x3x4x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
  %conv = linalg.conv_2d_nchw_fchw ins(%input, %w : tensor<2x1x6x6xf32>, tensor<3x1x3x3xf32>) outs(%z : tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
  %y = linalg.generic {indexing_maps = [#id, #ch, #id], iterator_types = ["parallel","parallel","parallel","parallel"]} ins(%conv, %b : tensor<2x3x4x4xf32>, tensor<3xf32>) outs(%e : tensor<2x3x4x4xf32>) {
  ^bb0(%a: f32, %bb: f32, %o: f32):
    %s = arith.addf %a, %bb : f32
    linalg.yield %s : f32
  } -> tensor<2x3x4x4xf32>
  %relu = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel","parallel","parallel","parallel"]} ins(%y : tensor<2x3x4x4xf32>) outs(%e : tensor<2x3x4x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %zero : f32
    linalg.yield %s : f32
  } -> tensor<2x3x4x4xf32>
  %pe = tensor.empty() : tensor<2x3xf32>
  %pz = linalg.fill ins(%zero : f32) outs(%pe : tensor<2x3xf32>) -> tensor<2x3xf32>
  %pool = linalg.generic {indexing_maps = [#id, affine_map<(n,c,h,w) -> (n,c)>], iterator_types = ["parallel","parallel","reduction","reduction"]} ins(%relu : tensor<2x3x4x4xf32>) outs(%pz : tensor<2x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %d = arith.divf %a, %c16 : f32
    %s = arith.addf %d, %o : f32
    linalg.yield %s : f32
  } -> tensor<2x3xf32>
  %le = tensor.empty() : tensor<2x5xf32>
  %lz = linalg.fill ins(%zero : f32) outs(%le : tensor<2x5xf32>) -> tensor<2x5xf32>
  %logits = linalg.matmul indexing_maps = [affine_map<(m,n,k)->(m,k)>, affine_map<(m,n,k)->(n,k)>, affine_map<(m,n,k)->(m,n)>] ins(%pool, %fc : tensor<2x3xf32>, tensor<5x3xf32>) outs(%lz : tensor<2x5xf32>) -> tensor<2x5xf32>

  // The class: the given one, or the first of the highest.
  %lowest = arith.constant 0xFF800000 : f32
  %none = arith.constant -1 : i64
  %empty_max = tensor.empty() : tensor<2xf32>
  %empty_class = tensor.empty() : tensor<2xi64>
  %max_start = linalg.fill ins(%lowest : f32) outs(%empty_max : tensor<2xf32>) -> tensor<2xf32>
  %class_start = linalg.fill ins(%none : i64) outs(%empty_class : tensor<2xi64>) -> tensor<2xi64>
  %best:2 = linalg.generic {indexing_maps = [#m2, affine_map<(n, k) -> (n)>, affine_map<(n, k) -> (n)>], iterator_types = ["parallel", "reduction"]} ins(%logits : tensor<2x5xf32>) outs(%max_start, %class_start : tensor<2xf32>, tensor<2xi64>) {
  ^bb0(%a: f32, %m: f32, %c: i64):
    %k = linalg.index 1 : index
    %ki = arith.index_cast %k : index to i64
    %p = arith.cmpf ogt, %a, %m : f32
    %nm = arith.select %p, %a, %m : f32
    %nc = arith.select %p, %ki, %c : i64
    linalg.yield %nm, %nc : f32, i64
  } -> (tensor<2xf32>, tensor<2xi64>)
  %resolved = linalg.generic {indexing_maps = [affine_map<(n) -> (n)>, affine_map<(n) -> (n)>, affine_map<(n) -> (n)>], iterator_types = ["parallel"]} ins(%target, %best#1 : tensor<2xi64>, tensor<2xi64>) outs(%empty_class : tensor<2xi64>) {
  ^bb0(%t: i64, %c: i64, %o: i64):
    %p = arith.cmpi eq, %t, %none : i64
    %s = arith.select %p, %c, %t : i64
    linalg.yield %s : i64
  } -> tensor<2xi64>

  // Backward, from the row of the class.
  %gp = linalg.generic {indexing_maps = [affine_map<(n, k) -> (n)>, #m2], iterator_types = ["parallel", "parallel"]} ins(%resolved : tensor<2xi64>) outs(%pe : tensor<2x3xf32>) {
  ^bb0(%t: i64, %o: f32):
    %ti = arith.index_cast %t : i64 to index
    %k = linalg.index 1 : index
    %v = tensor.extract %fc[%ti, %k] : tensor<5x3xf32>
    linalg.yield %v : f32
  } -> tensor<2x3xf32>
  %gy = linalg.generic {indexing_maps = [affine_map<(n,c,h,w) -> (n,c)>, #id, #id], iterator_types = ["parallel","parallel","parallel","parallel"]} ins(%gp, %y : tensor<2x3xf32>, tensor<2x3x4x4xf32>) outs(%e : tensor<2x3x4x4xf32>) {
  ^bb0(%g: f32, %a: f32, %o: f32):
    %d = arith.divf %g, %c16 : f32
    %p = arith.cmpf ogt, %a, %zero : f32
    %s = arith.select %p, %d, %zero : f32
    linalg.yield %s : f32
  } -> tensor<2x3x4x4xf32>
  %me = tensor.empty() : tensor<2x1x6x6xf32>
  %mz = linalg.fill ins(%zero : f32) outs(%me : tensor<2x1x6x6xf32>) -> tensor<2x1x6x6xf32>
  %map = linalg.generic {indexing_maps = [affine_map<(n,c,h,w,k,i,j) -> (n,k,h,w)>, affine_map<(n,c,h,w,k,i,j) -> (k,c,i,j)>, affine_map<(n,c,h,w,k,i,j) -> (n,c,h+i,w+j)>], iterator_types = ["parallel","parallel","reduction","reduction","reduction","reduction","reduction"]} ins(%gy, %w : tensor<2x3x4x4xf32>, tensor<3x1x3x3xf32>) outs(%mz : tensor<2x1x6x6xf32>) {
  ^bb0(%g: f32, %a: f32, %o: f32):
    %d = arith.mulf %g, %a : f32
    %s = arith.addf %d, %o : f32
    linalg.yield %s : f32
  } -> tensor<2x1x6x6xf32>
  return %map, %logits, %gy : tensor<2x1x6x6xf32>, tensor<2x5xf32>, tensor<2x3x4x4xf32>
}
